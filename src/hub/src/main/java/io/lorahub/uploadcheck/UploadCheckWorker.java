package io.lorahub.uploadcheck;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.lorahub.basemodel.RegistrationReceived;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.upload.check.UploadReceived;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * The queue of uploads and base models to check (db-scheduler's table {@code upload_check_queue}) and the threads that
 * check them. The first upload of each member precedes the second of any other, so a member with many uploads does not
 * keep all others waiting. A process checks one base model at a time, so that uploads needn't wait until it has been
 * read. A check that was cut off, for example by kill -9, is restarted by another worker.
 */
@ApplicationScoped
public class UploadCheckWorker {

    private static final Logger LOG = Logger.getLogger(UploadCheckWorker.class);
    private static final String TASK = "check";
    private static final String MODEL_TASK = "base-model-check";
    private static final String TABLE = "upload_check_queue";
    private static final int LOWEST_PRIORITY = -1_000;
    private static final int SILENT_BEATS = 4;
    private static final int MOST_WAITING = 5;

    /** After which a base model is tried again that met another one. */
    private static final Duration NEXT_MODEL = Duration.ofSeconds(1);

    private final UploadCheckConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final UploadCheck check;
    private final RegistrationCheck modelCheck;
    private final Semaphore model = new Semaphore(1);
    private final SchedulerClient client;
    private Scheduler scheduler;

    UploadCheckWorker(
            UploadCheckConfig config,
            DataSource database,
            DatabaseClock clock,
            UploadCheck check,
            RegistrationCheck modelCheck) {
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.check = check;
        this.modelCheck = modelCheck;
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

    /** Joins the transaction that stores the registration. */
    void add(@Observes RegistrationReceived received) {
        client.scheduleIfNotExists(
                new TaskInstance.Builder<Void>(MODEL_TASK, received.id().toString())
                        .priority(LOWEST_PRIORITY)
                        .build(),
                clock.now());
    }

    /** @param instance name of the queue entry */
    private static UUID upload(String instance) {
        return UUID.fromString(instance.substring(0, instance.indexOf('/')));
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        var task = Tasks.custom(TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure(this::interrupted)
                .execute((instance, context) -> {
                    check.of(upload(instance.getId()));
                    return (complete, operations) -> operations.remove();
                });
        var modelTask = Tasks.custom(MODEL_TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure(this::interrupted)
                .execute((instance, context) -> checkModel(UUID.fromString(instance.getId())));
        scheduler = Scheduler.create(database, task, modelTask)
                .tableName(TABLE)
                .enablePriority()
                .jdbcCustomization(
                        config.baseModels() ? new PostgreSqlJdbcCustomization(false, false) : new UploadsOnly())
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

    private CompletionHandler<Void> checkModel(UUID registration) {
        if (!model.tryAcquire()) {
            return (complete, operations) ->
                    operations.reschedule(complete, clock.now().plus(NEXT_MODEL));
        }
        try {
            modelCheck.of(registration);
            return (complete, operations) -> operations.remove();
        } finally {
            model.release();
        }
    }

    private void interrupted(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        LOG.warn("A check was interrupted; it starts again.", cause(complete));
        operations.reschedule(complete, clock.now().plus(pause(complete)));
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

    /** Leaves base models to other processes. */
    private static final class UploadsOnly extends PostgreSqlJdbcCustomization {

        UploadsOnly() {
            super(true, false);
        }

        @Override
        public String createGenericSelectForUpdateQuery(
                String table, int limit, String condition, boolean orderByPriority) {
            String own = "%s and task_name = '%s' ".formatted(condition, TASK);
            return super.createGenericSelectForUpdateQuery(table, limit, own, orderByPriority);
        }
    }
}
