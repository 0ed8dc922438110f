/**
 * The commands {@code lorahub bench …}, one {@code *BenchCommand} per bench. Begin with {@code BenchCommand};
 * {@code HubUnderTest} starts a whole hub for the web, pool and large-run benches.
 *
 * <p>docs/measurements.md keeps what they measured.
 */
package io.lorahub.bench;
