/**
 * Short tasks that workers perform on behalf of web processes, which have no models: evaluations of weights, suggestions,
 * exports. Begin with {@code WorkerTasks}; {@code TaskRequest} and {@code TaskResult} list what can be asked and answered.
 *
 * <p>Tasks have queues of their own, so that no search delays a prediction. A task expires after a while, with its files.
 * The limits of owners are here because they count tasks as well as runs.
 */
package io.lorahub.composition.task;
