package io.lorahub.doctor;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.upload.UploadReceived;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The queue of uploads to check: db-scheduler's table {@code upload_check_queue}. The first upload of each member goes before
 * the second of any other, so that a member with many does not keep all others waiting.
 */
@ApplicationScoped
public class CheckQueue {

    static final String TASK = "check";
    private static final int LOWEST = -1_000;
    private static final String TABLE = "upload_check_queue";

    private final SchedulerClient client;
    private final DatabaseClock clock;

    CheckQueue(DataSource database, DatabaseClock clock) {
        this.clock = clock;
        client = SchedulerClient.Builder.create(database)
                .tableName(TABLE)
                .enablePriority()
                .build();
    }

    /** Part of the transaction that makes the upload whole: what waits for its checks is in the queue, always. */
    void add(@Observes UploadReceived received) {
        // A name of its own for each check: the last one of the same upload may be about to leave the queue.
        String name = received.uploadId() + "/" + UUID.randomUUID();
        TaskInstance<Void> check = new TaskInstance.Builder<Void>(TASK, name)
                .priority(Math.max(LOWEST, -received.others()))
                .build();
        client.scheduleIfNotExists(check, clock.now());
    }

    /** @param instance the name of an entry */
    static UUID upload(String instance) {
        return UUID.fromString(instance.substring(0, instance.indexOf('/')));
    }

    /** How a doctor looks at the queue; one whose last sign is old by this clock is dead. */
    static SchedulerBuilder doctor(DataSource database, DatabaseClock clock, Task<?> task) {
        return Scheduler.create(database, task)
                .tableName(TABLE)
                .enablePriority()
                .clock(clock);
    }
}
