/**
 * {@code bench engine}: time and memory of an evaluation and of an export, and the random models to measure with. Begin
 * with {@code EngineMeasurement}.
 *
 * <p>Each measurement runs in a process of its own.
 */
package io.lorahub.bench.engine;
