package io.lorahub.composition;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.lorahub.storage.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The queue of trials: db-scheduler's table {@code composition_trial_queue}. It is not that of the runs, so that a search
 * that takes an hour holds up no prediction. What a caller does here is part of its transaction.
 */
@ApplicationScoped
public class TrialQueue {

    static final String TASK = "trial";
    static final String TABLE = "composition_trial_queue";

    private final SchedulerClient client;
    private final DatabaseClock clock;

    TrialQueue(DataSource database, DatabaseClock clock) {
        this.clock = clock;
        this.client = SchedulerClient.Builder.create(database)
                .tableName(TABLE)
                .enablePriority()
                .build();
    }

    /** @param ahead how many of the same owner's wait already: each puts it one place back */
    void add(UUID trial, long ahead) {
        client.scheduleIfNotExists(
                new TaskInstance.Builder<Void>(TASK, trial.toString())
                        .priority((int) -Math.min(Short.MAX_VALUE, ahead))
                        .build(),
                clock.now());
    }

    /** How the workers look at the queue; a worker whose last sign is old by this clock is dead. */
    static SchedulerBuilder workers(DataSource database, DatabaseClock clock, Task<?> task) {
        return Scheduler.create(database, task)
                .tableName(TABLE)
                .enablePriority()
                .clock(clock);
    }
}
