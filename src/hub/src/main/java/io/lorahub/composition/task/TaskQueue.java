package io.lorahub.composition.task;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.lorahub.storage.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import javax.sql.DataSource;

/**
 * The queues of tasks: db-scheduler's tables {@code worker_task_queue} and, for files to download, {@code
 * composition_export_queue}. Runs have a separate queue, so that neither an hour-long search nor an export that takes
 * minutes delays a prediction. Changes are part of the caller's transaction.
 */
@ApplicationScoped
public class TaskQueue {

    public static final String TASK = "task";
    public static final String ANSWERS = "worker_task_queue";
    public static final String EXPORTS = "composition_export_queue";

    /** Number of places by which visitors' tasks are put behind those of members. */
    private static final int VISITOR = 1000;

    private final SchedulerClient answers;
    private final SchedulerClient exports;
    private final DatabaseClock clock;

    TaskQueue(DataSource database, DatabaseClock clock) {
        this.clock = clock;
        this.answers = client(database, ANSWERS);
        this.exports = client(database, EXPORTS);
    }

    private static SchedulerClient client(DataSource database, String table) {
        return SchedulerClient.Builder.create(database)
                .tableName(table)
                .enablePriority()
                .build();
    }

    /** @param ahead number of queued tasks of the same owner; each puts this one a place back */
    void add(WorkerTask task, TaskRequest question, long ahead) {
        long places = ahead + (task.person == null ? VISITOR : 0);
        (question.makesFiles() ? exports : answers)
                .scheduleIfNotExists(
                        new TaskInstance.Builder<Void>(TASK, task.id.toString())
                                .priority((int) -Math.min(Short.MAX_VALUE, places))
                                .build(),
                        clock.now());
    }

    /** Scheduler builder for workers; a worker whose last heartbeat is old by this clock counts as dead. */
    public static SchedulerBuilder workers(String table, DataSource database, DatabaseClock clock, Task<?> task) {
        return Scheduler.create(database, task)
                .tableName(table)
                .enablePriority()
                .clock(clock);
    }
}
