package io.lorahub.imports;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.lorahub.imports.model.BaseModelImportExecution;
import io.lorahub.imports.model.BaseModelImports;
import io.lorahub.imports.source.ImportConfig;
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
 * The queue of imports (db-scheduler's table {@code import_queue}) and the threads that do them. An import whose process
 * was killed is continued by another one, from the bytes that had arrived.
 */
@ApplicationScoped
class ImportWorker {

    private static final Logger LOG = Logger.getLogger(ImportWorker.class);
    private static final String TASK = "import";
    private static final String TABLE = BaseModelImports.TABLE;
    private static final int SILENT_HEARTBEATS = 4;

    private final ImportConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final ImportExecution execution;
    private final BaseModelImportExecution models;
    private final SchedulerClient client;
    private Scheduler scheduler;

    ImportWorker(
            ImportConfig config,
            DataSource database,
            DatabaseClock clock,
            ImportExecution execution,
            BaseModelImportExecution models) {
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.execution = execution;
        this.models = models;
        client = SchedulerClient.Builder.create(database).tableName(TABLE).build();
    }

    /** Joins the caller's transaction, so an import that waits is always in the queue. */
    void add(UUID id) {
        client.scheduleIfNotExists(new TaskInstance<>(TASK, id.toString()), clock.now());
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        var task = Tasks.custom(TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure(this::interrupted)
                .execute((instance, context) ->
                        after(execution.run(UUID.fromString(instance.getId())).orElse(null)));
        var modelTask = Tasks.custom(BaseModelImports.TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure(this::interrupted)
                .execute((instance, context) ->
                        after(models.run(UUID.fromString(instance.getId())).orElse(null)));
        scheduler = Scheduler.create(database, task, modelTask)
                .tableName(TABLE)
                .clock(clock) // a worker whose last heartbeat is old by this clock is dead
                .threads(config.threads())
                .pollUsingLockAndFetch(1 - 1.0 / config.threads(), 1.0) // one free thread is enough to look for more
                .pollingInterval(config.poll())
                .heartbeatInterval(config.heartbeat())
                .missedHeartbeatsLimit(SILENT_HEARTBEATS)
                .shutdownMaxWait(Duration.ofSeconds(10))
                .build();
        scheduler.start();
    }

    private void interrupted(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        LOG.warn("An import was interrupted; it continues.", complete.getCause().orElse(null));
        operations.reschedule(complete, clock.now().plus(config.pause()));
    }

    /** @param pause null if nothing is left to do */
    private CompletionHandler<Void> after(Duration pause) {
        return pause == null
                ? (complete, operations) -> operations.remove()
                : (complete, operations) ->
                        operations.reschedule(complete, clock.now().plus(pause));
    }

    void stop(@Observes ShutdownEvent event) {
        execution.stop();
        models.stop();
        if (scheduler != null) scheduler.stop();
    }
}
