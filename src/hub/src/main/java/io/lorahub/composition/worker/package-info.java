/**
 * Worker processes, and the pages on which admins see them. Begin with {@code Worker}, which starts and drains one;
 * {@code RunExecutor} computes runs, {@code TaskWorker} does the tasks.
 *
 * <p>A worker that goes silent loses its runs to others ({@code Heartbeat}, {@code LostRunRecovery}) and must then write
 * nothing more to them. Files that are not stored yet lie in a folder whose lock shows that the worker is alive.
 */
package io.lorahub.composition.worker;
