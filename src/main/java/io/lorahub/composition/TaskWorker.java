package io.lorahub.composition;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
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
import org.jboss.logging.Logger;

/**
 * Takes trials from their queues until the process ends: beside the worker's runs one question at a time, and beside both
 * one export.
 */
@ApplicationScoped
public class TaskWorker {

    private static final Logger LOG = Logger.getLogger(TaskWorker.class);

    private static final Duration SWEEP = Duration.ofMinutes(5);

    private final WorkerConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final TaskExecutor desk;
    private final TaskSweep sweep;
    private final Heartbeat beat;
    private Scheduler scheduler;
    private Scheduler exports;

    TaskWorker(
            WorkerConfig config,
            DataSource database,
            DatabaseClock clock,
            TaskExecutor desk,
            TaskSweep sweep,
            Heartbeat beat) {
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.desk = desk;
        this.sweep = sweep;
        this.beat = beat;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        scheduler = scheduler(TaskQueue.ANSWERS, "trials-")
                .startTasks(Tasks.recurring("trial-sweep", FixedDelay.of(SWEEP))
                        .execute((instance, context) -> sweep.run()))
                .build();
        exports = scheduler(TaskQueue.EXPORTS, "exports-").build();
        scheduler.start();
        exports.start();
    }

    private SchedulerBuilder scheduler(String table, String prefix) {
        var task = Tasks.custom(TaskQueue.TASK, Void.class)
                .onDeadExecution(TaskWorker::revive)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.now().plusSeconds(RunQueue.RETRY_SECONDS)))
                .execute((instance, context) -> execute(UUID.fromString(instance.getId())));
        return TaskQueue.workers(table, database, clock, task)
                .threads(1)
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(config.poll())
                .heartbeatInterval(config.beat())
                .schedulerName(new SchedulerName.Fixed(prefix + beat.name()))
                .shutdownMaxWait(Duration.ofSeconds(10));
    }

    private static void revive(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        try {
            new DeadExecutionHandler.ReviveDeadExecution<Void>().deadExecution(complete, operations);
        } catch (RuntimeException e) {
            LOG.debugf("Another worker was faster to take up a trial again: %s", e.getMessage());
        }
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
        if (scheduler == null) return;
        scheduler.stop();
        exports.stop();
    }
}
