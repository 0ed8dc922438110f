/**
 * Merging chosen adapters with given weights, without a search: page, API and checks. Begin with {@code Merges}; {@code
 * MergeTask} does the work on a worker.
 *
 * <p>A merge is a task, which expires with its files. Only whoever asked for it can see it.
 */
package io.lorahub.composition.merge;
