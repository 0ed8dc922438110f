/**
 * Composition runs: the form, the queue, the workers, the live page, the result, and the short tasks that workers do
 * for pages. Begin with {@code CompositionRun} and {@code RunService}; docs/architecture.md follows one run through
 * the classes.
 *
 * <p>{@code RunState} holds all transitions. A worker writes to a run only while it holds the claim, and the log
 * alone is enough for another worker to resume the run with the same result.
 */
package io.lorahub.composition;
