/**
 * Composition runs: the form, the queue, the workers, the live page, the result, and the short tasks that workers
 * perform on behalf of pages. Begin with {@code CompositionRun} and {@code RunService}; docs/architecture.md follows
 * one run through the classes.
 *
 * <p>{@code RunState} defines all state transitions. A worker writes to a run only while it holds the claim, and the
 * log alone is enough for another worker to resume the run with the same result.
 */
package io.lorahub.composition;
