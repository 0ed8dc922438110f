package io.lorahub.composition;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceNotFoundException;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import io.lorahub.storage.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
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

    /** Ahead of mine in the order in which workers take them. */
    private static final String AHEAD = """
            select count(*) from composition_queue other, composition_queue mine
             where mine.task_name = ?1 and mine.task_instance = ?2 and other.task_name = ?1 and not other.picked
               and (other.priority, mine.execution_time) > (mine.priority, other.execution_time)""";

    private final SchedulerClient client;
    private final DatabaseClock clock;
    private final PoolSignal pool;

    RunQueue(DataSource database, DatabaseClock clock, PoolSignal pool) {
        this.clock = clock;
        this.pool = pool;
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
        client.scheduleIfNotExists(
                new TaskInstance.Builder<Void>(TASK, run.id.toString())
                        .priority(QueueOrder.priority(run.priority, ahead))
                        .build(),
                clock.now());
        pool.due();
    }

    /** For a run that no worker has taken yet. */
    void remove(UUID run) {
        try {
            if (client.getScheduledExecution(TaskInstanceId.of(TASK, run.toString()))
                    .isPresent()) {
                client.cancel(TaskInstanceId.of(TASK, run.toString()));
            }
        } catch (TaskInstanceCurrentlyExecutingException | TaskInstanceNotFoundException e) {
            // a worker has this moment taken it, finds that it waits no longer, and drops it
        }
    }

    /** How many runs will be taken before it, as the queue stands now. */
    static long ahead(UUID run) {
        return ((Number) CompositionRun.getEntityManager()
                        .createNativeQuery(AHEAD)
                        .setParameter(1, TASK)
                        .setParameter(2, run.toString())
                        .getSingleResult())
                .longValue();
    }

    /** How the workers look at the queue; a worker whose last sign is old by this clock is dead. */
    static com.github.kagkarlsson.scheduler.SchedulerBuilder workers(
            DataSource database, DatabaseClock clock, com.github.kagkarlsson.scheduler.task.Task<?> task) {
        return Scheduler.create(database, task)
                .tableName(TABLE)
                .enablePriority()
                .clock(clock);
    }
}
