package io.lorahub.composition.task;

import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * The queues of tasks. Runs have a separate queue, so that neither an hour-long search nor an export that takes minutes
 * delays a prediction. Changes are part of the caller's transaction.
 */
@ApplicationScoped
public class TaskQueue {

    /** The kind of job. */
    public static final String KIND = "task";

    /** Number of places by which visitors' tasks are put behind those of members. */
    private static final int VISITOR = 1000;

    private final Jobs jobs;

    TaskQueue(Jobs jobs) {
        this.jobs = jobs;
    }

    /** @param ahead number of queued tasks of the same owner; each puts this one a place back */
    void add(WorkerTask task, TaskRequest question, long ahead) {
        long places = ahead + (task.person == null ? VISITOR : 0);
        JobQueue queue = question.makesFiles() ? JobQueue.EXPORTS : JobQueue.TASKS;
        jobs.add(queue, KIND, task.id.toString(), (int) -Math.min(-Jobs.LOWEST_PRIORITY, places));
    }
}
