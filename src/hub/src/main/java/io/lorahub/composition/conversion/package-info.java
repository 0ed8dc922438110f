/**
 * Adapters as other programs load them, made on request: those of versions and of results. Begin with {@code
 * Conversions}; {@code ConversionTask} does the work on a worker.
 *
 * <p>Files are made once for everyone who can see the adapter, and are swept with their task. Callers check what the
 * viewer can see.
 */
package io.lorahub.composition.conversion;
