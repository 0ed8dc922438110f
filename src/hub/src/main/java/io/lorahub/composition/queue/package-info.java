/**
 * The queue of runs and the claim by which a worker holds one. Begin with
 * {@code RunQueue} and {@code ModelAffinityPolling}, which decides what a worker takes.
 *
 * <p>{@code RunStates} and {@code RunJournal} write to a run only while the caller holds its claim, and throw
 * {@code LostRunException} otherwise. The log alone is enough for another worker to resume the run with the same result.
 */
package io.lorahub.composition.queue;
