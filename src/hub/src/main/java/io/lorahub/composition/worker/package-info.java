/**
 * Worker processes, and the pages on which admins see them. Begin with {@code Worker}, which takes runs from the queue;
 * {@code RunExecutor} and {@code RunExecution} compute them, {@code TaskWorker} does the tasks.
 *
 * <p>A worker that goes silent loses its runs to others ({@code Heartbeat}, {@code LostRunRecovery}) and must then write
 * nothing more to them. Files that are not stored yet lie in a folder whose lock shows that the worker is alive.
 */
package io.lorahub.composition.worker;
