package io.lorahub.doctor;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.lorahub.storage.DatabaseClock;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Checks uploads in the background. A check that was cut off, as by kill -9, is begun anew by whoever finds it. */
@ApplicationScoped
public class UploadCheckWorker {

    private static final Logger LOG = Logger.getLogger(UploadCheckWorker.class);
    private static final int SILENT_BEATS = 4;
    private static final int MOST_WAITING = 5;

    private final UploadCheckConfig config;
    private final DataSource database;
    private final DatabaseClock clock;
    private final UploadCheck examination;
    private Scheduler scheduler;

    UploadCheckWorker(UploadCheckConfig config, DataSource database, DatabaseClock clock, UploadCheck examination) {
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.examination = examination;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        var task = Tasks.custom(CheckQueue.TASK, Void.class)
                .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
                .onFailure((complete, operations) -> {
                    LOG.warn("The checks of an upload broke off; they begin anew.", cause(complete));
                    operations.reschedule(complete, clock.now().plus(pause(complete)));
                })
                .execute((instance, context) -> {
                    examination.of(CheckQueue.upload(instance.getId()));
                    return (complete, operations) -> operations.remove();
                });
        scheduler = CheckQueue.doctor(database, clock, task)
                .threads(config.threads())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(config.poll())
                .heartbeatInterval(config.beat())
                .missedHeartbeatsLimit(SILENT_BEATS)
                .shutdownMaxWait(Duration.ofSeconds(10))
                .build();
        scheduler.start();
    }

    /** The store or the database may be away for a moment, and then for longer. */
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
