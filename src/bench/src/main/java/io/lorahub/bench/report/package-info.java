/**
 * What benches measure and print with: samples, times, tables, and the output as text or JSON. Begin with
 * {@code BenchOutput}.
 *
 * <p>It depends on no other package of the benches.
 */
package io.lorahub.bench.report;
