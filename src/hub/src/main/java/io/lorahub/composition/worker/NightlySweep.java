package io.lorahub.composition.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.storage.upkeep.ScrubConfig;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.upload.StaleUploads;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.LocalTime;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Each night, deletes stale uploads and unreferenced files and verifies some stored files. Runs on its own thread
 * because it can take hours.
 */
@ApplicationScoped
public class NightlySweep {

    private static final Logger LOG = Logger.getLogger(NightlySweep.class);

    /** Time of day in the time zone of the process. Exactly one worker runs the sweep. */
    private static final LocalTime AT_NIGHT = LocalTime.of(3, 30);

    private static final Duration POLL = Duration.ofMinutes(1);
    private static final Duration HEARTBEAT = Duration.ofMinutes(5);

    private final WorkerConfig config;
    private final Jobs jobs;
    private final StaleUploads uploads;
    private final Sweep storage;
    private final Scrub scrub;
    private final ScrubConfig scrubConfig;
    private final Heartbeat heartbeat;
    private Scheduler scheduler;

    NightlySweep(
            WorkerConfig config,
            Jobs jobs,
            StaleUploads uploads,
            Sweep storage,
            Scrub scrub,
            ScrubConfig scrubConfig,
            Heartbeat heartbeat) {
        this.config = config;
        this.jobs = jobs;
        this.uploads = uploads;
        this.storage = storage;
        this.scrub = scrub;
        this.scrubConfig = scrubConfig;
        this.heartbeat = heartbeat;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        scheduler = jobs.worker(
                JobQueue.SWEEPS,
                new JobPolicy(1, POLL, HEARTBEAT).ofProcess("sweep-" + heartbeat.name()),
                Tasks.recurring("storage-sweep", Schedules.daily(AT_NIGHT))
                        .execute((instance, context) ->
                                run(() -> !context.getSchedulerState().isShuttingDown())));
        scheduler.start();
    }

    void run(BooleanSupplier goOn) {
        uploads.drop();
        try {
            storage.run();
            scrub(goOn);
        } catch (StorageException e) {
            LOG.error(e.getMessage());
            throw e;
        }
    }

    private void scrub(BooleanSupplier goOn) {
        long start = System.nanoTime();
        Scrub.Amount read = scrub.run(
                scrubConfig.interval(),
                () -> goOn.getAsBoolean()
                        && System.nanoTime() - start < scrubConfig.budget().toNanos(),
                bytes -> {});
        LOG.infof(
                "Compared %d stored files with their SHA-256, %d bytes; %d more are due.",
                read.files(), read.bytes(), scrub.due(scrubConfig.interval()).files());
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler != null) scheduler.stop();
    }
}
