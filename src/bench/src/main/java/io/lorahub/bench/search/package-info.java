/**
 * {@code bench search}: compares the search strategies on the tasks of the demo hub. Begin with {@code SearchBench}.
 *
 * <p>The same plan gives the same runs, except for their times.
 */
package io.lorahub.bench.search;
