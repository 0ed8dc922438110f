package io.lorahub.composition;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.lorahub.storage.DatabaseClock;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/** Takes trials from their queue, one at a time beside the worker's runs, until the process ends. */
@ApplicationScoped
public class TrialWorker {

    private static final Duration SWEEP = Duration.ofMinutes(5);

    private final WorkerConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final TrialDesk desk;
    private final TrialSweep sweep;
    private final WorkerBeat beat;
    private Scheduler scheduler;

    TrialWorker(
            WorkerConfig config,
            DataSource database,
            DatabaseClock clock,
            TrialDesk desk,
            TrialSweep sweep,
            WorkerBeat beat) {
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.desk = desk;
        this.sweep = sweep;
        this.beat = beat;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        var task = Tasks.custom(TrialQueue.TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.now().plusSeconds(RunQueue.RETRY_SECONDS)))
                .execute((instance, context) -> execute(UUID.fromString(instance.getId())));
        scheduler = TrialQueue.workers(database, clock, task)
                .startTasks(Tasks.recurring("trial-sweep", FixedDelay.of(SWEEP))
                        .execute((instance, context) -> sweep.run()))
                .threads(1)
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(config.poll())
                .heartbeatInterval(config.beat())
                .schedulerName(new SchedulerName.Fixed("trials-" + beat.name()))
                .shutdownMaxWait(Duration.ofSeconds(10))
                .build();
        scheduler.start();
    }

    private CompletionHandler<Void> execute(UUID trial) {
        if (beat.isDraining()) {
            return (complete, operations) ->
                    operations.reschedule(complete, clock.now().plusMillis(300));
        }
        desk.work(trial);
        return (complete, operations) -> operations.remove();
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler != null) scheduler.stop();
    }
}
