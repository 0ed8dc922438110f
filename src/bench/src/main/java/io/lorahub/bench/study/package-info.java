/**
 * {@code bench study}: all ways to make an adapter for a task from a few examples, beside each other. Begin with
 * {@code StudyBenchCommand}; a way is a {@code StudyMethod}.
 *
 * <p>What is finished is in a file of results and is never measured again.
 */
package io.lorahub.bench.study;
