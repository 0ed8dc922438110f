package io.lorahub.composition.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.model.WorkerDevice;
import io.lorahub.composition.queue.ModelAffinityPolling;
import io.lorahub.composition.queue.RunEvents;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.storage.DatabaseClock;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/** Takes runs from the queue, one for each slot, until the process ends or it is drained. */
@ApplicationScoped
public class Worker {

    /** Number of missed heartbeats after which another worker takes its runs; db-scheduler allows no fewer. */
    static final int MISSED = 4;

    /** Delay for a run that was taken just as the worker was drained. */
    private static final Duration SHORTLY = Duration.ofMillis(300);

    /** Time to finish the current point at shutdown. */
    private static final Duration LAST = Duration.ofSeconds(30);

    private final WorkerConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final WorkerDevice device;
    private final RunExecutor executor;
    private final Heartbeat heartbeat;
    private final RunEvents events;
    private final RunQueue queue;
    private final LostRunRecovery lost;
    private Scheduler scheduler;

    Worker(
            WorkerConfig config,
            DataSource database,
            DatabaseClock clock,
            WorkerDevice device,
            RunExecutor executor,
            Heartbeat heartbeat,
            RunEvents events,
            RunQueue queue,
            LostRunRecovery lost) {
        this.queue = queue;
        this.lost = lost;
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.device = device;
        this.executor = executor;
        this.heartbeat = heartbeat;
        this.events = events;
    }

    /** Starts the worker before other beans: without its device the whole process ends. */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        if (!config.enabled()) return;
        device.check();
        scheduler = RunQueue.workers(database, clock, task())
                .jdbcCustomization(new ModelAffinityPolling(
                        heartbeat.name(),
                        config.heartbeat().multipliedBy(MISSED),
                        device::memory,
                        config.slots(),
                        executor::models,
                        executor::noRoomFor))
                .threads(config.slots())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(config.poll())
                .heartbeatInterval(config.heartbeat())
                .missedHeartbeatsLimit(MISSED)
                .schedulerName(new SchedulerName.Fixed(heartbeat.name()))
                .shutdownMaxWait(LAST)
                .build();
        heartbeat.start(this::drain);
        scheduler.start();
        events.follow(this::onNotification);
    }

    private CustomTask<Void> task() {
        return Tasks.custom(RunQueue.TASK, Void.class)
                .onDeadExecution((complete, operations) -> lost.recover())
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.now().plusSeconds(RunQueue.RETRY_SECONDS)))
                .execute((instance, context) -> execute(UUID.fromString(instance.getId())));
    }

    private CompletionHandler<Void> execute(UUID run) {
        RunExecutor.Outcome outcome = heartbeat.isDraining() ? RunExecutor.Outcome.after(SHORTLY) : executor.work(run);
        return switch (outcome.what()) {
            case DONE -> (complete, operations) -> queue.done(run);
            case AGAIN ->
                (complete, operations) ->
                        operations.reschedule(complete, clock.now().plus(outcome.delay()));
            case LOST -> (complete, operations) -> {};
        };
    }

    private void drain(boolean draining) {
        if (draining) {
            scheduler.pause();
            executor.stopAll();
        } else {
            scheduler.resume();
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /** Handles the notifications that {@link RunEvents} sends to workers. */
    private void onNotification(String text) {
        switch (text) {
            case RunEvents.DUE -> scheduler.triggerCheckForDueExecutions();
            case RunEvents.WORKERS -> heartbeat.soon();
            case RunEvents.ANYTHING -> {
                scheduler.triggerCheckForDueExecutions();
                heartbeat.soon();
            }
            default -> heartbeat.later(() -> executor.stopIfCancelledOrLost(UUID.fromString(text)));
        }
    }

    /** Gives runs back after their current point. */
    void stop(@Observes ShutdownEvent event) {
        if (scheduler == null) return;
        executor.leave();
        scheduler.stop();
        heartbeat.stop();
        executor.close();
    }
}
