package io.lorahub.composition.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.storage.DatabaseClock;
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
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Each night, deletes stale uploads and unreferenced files and verifies some stored files. Runs on its own thread
 * because it can take hours.
 */
@ApplicationScoped
public class NightlySweep {

    private static final Logger LOG = Logger.getLogger(NightlySweep.class);
    private static final String TABLE = "sweep_queue";

    /** Time of day in the time zone of the process. Exactly one worker runs the sweep. */
    private static final LocalTime AT_NIGHT = LocalTime.of(3, 30);

    private static final Duration POLL = Duration.ofMinutes(1);

    private final WorkerConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final StaleUploads uploads;
    private final Sweep storage;
    private final Scrub scrub;
    private final ScrubConfig scrubConfig;
    private final Heartbeat heartbeat;
    private Scheduler scheduler;

    NightlySweep(
            WorkerConfig config,
            DataSource database,
            DatabaseClock clock,
            StaleUploads uploads,
            Sweep storage,
            Scrub scrub,
            ScrubConfig scrubConfig,
            Heartbeat heartbeat) {
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.uploads = uploads;
        this.storage = storage;
        this.scrub = scrub;
        this.scrubConfig = scrubConfig;
        this.heartbeat = heartbeat;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        scheduler = Scheduler.create(database)
                .tableName(TABLE)
                .clock(clock)
                .startTasks(Tasks.recurring("storage-sweep", Schedules.daily(AT_NIGHT))
                        .execute((instance, context) ->
                                run(() -> !context.getSchedulerState().isShuttingDown())))
                .threads(1)
                .pollingInterval(POLL)
                .schedulerName(new SchedulerName.Fixed("sweep-" + heartbeat.name()))
                .shutdownMaxWait(Duration.ofSeconds(10))
                .build();
        scheduler.start();
    }

    void run(BooleanSupplier goOn) {
        uploads.drop();
        storage.run();
        scrub(goOn);
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
