package io.lorahub.composition;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;

/** Takes runs from the queue, one for each slot, until the process ends. */
@ApplicationScoped
public class Worker {

    /** A run that would have to load its model waits this long for a worker that has it. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private final WorkerConfig config;
    private final DataSource database;
    private final WorkerDesk desk;
    private final WorkerBeat beat;
    private Scheduler scheduler;

    Worker(WorkerConfig config, DataSource database, WorkerDesk desk, WorkerBeat beat) {
        this.config = config;
        this.database = database;
        this.desk = desk;
        this.beat = beat;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        beat.start();
        var task = Tasks.custom(RunQueue.TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, Instant.now().plusSeconds(RunQueue.RETRY_SECONDS)))
                .execute((instance, context) -> execute(UUID.fromString(instance.getId())));
        scheduler = RunQueue.workers(database, task)
                .threads(config.slots())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(config.poll())
                .heartbeatInterval(config.beat())
                .schedulerName(new SchedulerName.Fixed(beat.name()))
                .shutdownMaxWait(Duration.ofSeconds(30))
                .build();
        scheduler.start();
    }

    private CompletionHandler<Void> execute(UUID run) {
        if (beat.isDraining() || beat.shouldLeave(run, PATIENCE)) return later(Duration.ofMillis(300));
        return switch (desk.work(run)) {
            case DONE -> (complete, operations) -> operations.remove();
            case AGAIN -> later(Duration.ZERO);
        };
    }

    private static CompletionHandler<Void> later(Duration delay) {
        return (complete, operations) ->
                operations.reschedule(complete, Instant.now().plus(delay));
    }

    /** Runs under way are given back after the evaluation that they are at. */
    void stop(@Observes ShutdownEvent event) {
        if (scheduler == null) return;
        desk.leave();
        scheduler.stop();
        beat.stop();
        desk.close();
    }
}
