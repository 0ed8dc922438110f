package io.lorahub.composition.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.model.WorkerDevice;
import io.lorahub.composition.queue.ModelAffinityPolling;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.database.ChangeEvents;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.web.Uuids;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;

/** Has runs taken from the queue, one for each slot, until the process ends or it is drained. */
@ApplicationScoped
public class Worker {

    /** Time to finish the current point at shutdown. */
    private static final Duration LAST = Duration.ofSeconds(30);

    private final WorkerConfig config;
    private final Jobs jobs;
    private final WorkerDevice device;
    private final RunExecutor executor;
    private final Heartbeat heartbeat;
    private final ChangeEvents events;
    private Scheduler scheduler;

    Worker(
            WorkerConfig config,
            Jobs jobs,
            WorkerDevice device,
            RunExecutor executor,
            Heartbeat heartbeat,
            ChangeEvents events) {
        this.config = config;
        this.jobs = jobs;
        this.device = device;
        this.executor = executor;
        this.heartbeat = heartbeat;
        this.events = events;
    }

    /** Starts the worker before other beans: without its device the whole process ends. */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        if (!config.enabled()) return;
        device.check();
        var polling = new ModelAffinityPolling(
                JobQueue.RUNS,
                RunQueue.KIND,
                heartbeat.name(),
                config.heartbeat().multipliedBy(Jobs.MISSED_HEARTBEATS),
                device::memory,
                config.slots(),
                executor::models,
                executor::noRoomFor);
        scheduler = jobs.worker(
                JobQueue.RUNS,
                new JobPolicy(config.slots(), config.poll(), config.heartbeat())
                        .ofProcess(heartbeat.name())
                        .withShutdown(LAST)
                        .pausedWhile(heartbeat::isDraining)
                        .withPolling(polling));
        heartbeat.start(this::drain);
        scheduler.start();
        events.follow(this::onNotification);
    }

    private void drain(boolean draining) {
        executor.drain(draining);
        if (draining) {
            scheduler.pause();
        } else {
            scheduler.resume();
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /** Handles the notifications that {@link ChangeEvents} sends to workers. */
    private void onNotification(String text) {
        switch (text) {
            case RunQueue.DUE -> scheduler.triggerCheckForDueExecutions();
            case Workers.CHANGED -> heartbeat.soon();
            case ChangeEvents.ANYTHING -> {
                scheduler.triggerCheckForDueExecutions();
                heartbeat.soon();
            }
            default -> Uuids.parse(text).ifPresent(run -> heartbeat.later(() -> executor.stopIfRequestedOrLost(run)));
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
