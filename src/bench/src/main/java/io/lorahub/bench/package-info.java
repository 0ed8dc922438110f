/**
 * The commands {@code lorahub bench …}. {@code BenchCommand} lists them; each package below holds one kind of bench, and
 * {@code process} and {@code report} what they share.
 *
 * <p>docs/measurements.md keeps what they measured.
 */
package io.lorahub.bench;
