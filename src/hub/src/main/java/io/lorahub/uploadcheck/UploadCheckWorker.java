package io.lorahub.uploadcheck;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.upload.check.UploadReceived;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * The queue of uploads to check (db-scheduler's table {@code upload_check_queue}) and the threads that check them. The
 * first upload of each member precedes the second of any other, so a member with many uploads does not keep all others
 * waiting. A check that was cut off, for example by kill -9, is restarted by another worker.
 */
@ApplicationScoped
public class UploadCheckWorker {

    private static final Logger LOG = Logger.getLogger(UploadCheckWorker.class);
    private static final String TASK = "check";
    private static final String TABLE = "upload_check_queue";
    private static final int LOWEST_PRIORITY = -1_000;
    private static final int SILENT_BEATS = 4;
    private static final int MOST_WAITING = 5;

    private final UploadCheckConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final UploadCheck check;
    private final SchedulerClient client;
    private Scheduler scheduler;

    UploadCheckWorker(UploadCheckConfig config, DataSource database, DatabaseClock clock, UploadCheck check) {
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.check = check;
        client = SchedulerClient.Builder.create(database)
                .tableName(TABLE)
                .enablePriority()
                .build();
    }

    /**
     * Joins the transaction that completes the upload, so an upload that waits for its checks is always in the queue.
     */
    void add(@Observes UploadReceived received) {
        // A unique name for each check: the previous one of the same upload may be about to leave the queue.
        String name = received.uploadId() + "/" + UUID.randomUUID();
        TaskInstance<Void> entry = new TaskInstance.Builder<Void>(TASK, name)
                .priority(Math.max(LOWEST_PRIORITY, -received.others()))
                .build();
        client.scheduleIfNotExists(entry, clock.now());
    }

    /** @param instance name of the queue entry */
    private static UUID upload(String instance) {
        return UUID.fromString(instance.substring(0, instance.indexOf('/')));
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        var task = Tasks.custom(TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure((complete, operations) -> {
                    LOG.warn("The checks of an upload were interrupted; they start again.", cause(complete));
                    operations.reschedule(complete, clock.now().plus(pause(complete)));
                })
                .execute((instance, context) -> {
                    check.of(upload(instance.getId()));
                    return (complete, operations) -> operations.remove();
                });
        scheduler = Scheduler.create(database, task)
                .tableName(TABLE)
                .enablePriority()
                .clock(clock) // a worker whose last heartbeat is old by this clock is dead
                .threads(config.threads())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(config.poll())
                .heartbeatInterval(config.heartbeat())
                .missedHeartbeatsLimit(SILENT_BEATS)
                .shutdownMaxWait(Duration.ofSeconds(10))
                .build();
        scheduler.start();
    }

    /** The delay grows with each failure: the store or the database may be unavailable briefly or for longer. */
    private static Duration pause(ExecutionComplete complete) {
        int failures = Math.min(MOST_WAITING, complete.getExecution().consecutiveFailures);
        return Duration.ofSeconds((long) Math.pow(3, failures));
    }

    private static Throwable cause(ExecutionComplete complete) {
        return complete.getCause().orElse(null);
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler != null) scheduler.stop();
    }
}
