/**
 * Processes that benches start, and the memory that they take. Begin with {@code JavaProcess}.
 *
 * <p>Memory is read from /proc, so on systems other than Linux it is left out.
 */
package io.lorahub.bench.process;
