package io.lorahub.composition;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The queue of runs: db-scheduler's table {@code composition_queue}. What a caller does here is part of its
 * transaction.
 */
@ApplicationScoped
public class RunQueue {

    static final String TASK = "composition";
    static final String TABLE = "composition_queue";

    /** A worker that has lost its database connection for a moment tries again after these seconds. */
    static final int RETRY_SECONDS = 2;

    private final SchedulerClient client;

    RunQueue(DataSource database) {
        this.client = SchedulerClient.Builder.create(database)
                .tableName(TABLE)
                .enablePriority()
                .build();
    }

    /**
     * Lets some worker take the run.
     *
     * @param ahead how many runs of the same owner wait or run already: each puts the run one place back, so that a
     *     member with many runs does not hold up one with few
     */
    void add(CompositionRun run, long ahead) {
        int priority = (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, run.priority * 100L - ahead));
        client.scheduleIfNotExists(
                new TaskInstance.Builder<Void>(TASK, run.id.toString())
                        .priority(priority)
                        .build(),
                Instant.now());
    }

    /** For a run that no worker has taken yet. */
    void remove(UUID run) {
        if (client.getScheduledExecution(TaskInstanceId.of(TASK, run.toString()))
                .isPresent()) {
            client.cancel(TaskInstanceId.of(TASK, run.toString()));
        }
    }

    /** How the workers look at the queue. */
    static com.github.kagkarlsson.scheduler.SchedulerBuilder workers(
            DataSource database, com.github.kagkarlsson.scheduler.task.Task<?> task) {
        return Scheduler.create(database, task).tableName(TABLE).enablePriority();
    }
}
