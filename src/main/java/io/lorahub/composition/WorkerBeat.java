package io.lorahub.composition;

import io.lorahub.engine.learning.Version;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Shows in the database that this worker lives, and what it has; learns from there whether it shall drain. At each beat
 * the queue is put in order, too.
 */
@ApplicationScoped
public class WorkerBeat {

    /** Is told when it shall drain, and when no longer. */
    interface Drain {
        void set(boolean draining);
    }

    private static final Logger LOG = Logger.getLogger(WorkerBeat.class);

    private static final String BEAT = """
            insert into worker (name, device, cores, memory, version, slots, models, running, speed)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (name) do update set device = excluded.device, cores = excluded.cores, memory = excluded.memory,
              version = excluded.version, slots = excluded.slots, models = excluded.models, running = excluded.running,
              speed = coalesce(excluded.speed, worker.speed), seen_at = now()
            returning draining""";

    private final WorkerConfig config;
    private final WorkerName name;
    private final WorkerDevice device;
    private final WorkerDesk desk;
    private final QueueOrder order;
    private final RunSweep sweep;
    private final DataSource database;
    private final AtomicBoolean due = new AtomicBoolean();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "worker-beat");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean draining;
    private Drain drain;

    WorkerBeat(
            WorkerConfig config,
            WorkerName name,
            WorkerDevice device,
            WorkerDesk desk,
            QueueOrder order,
            RunSweep sweep,
            DataSource database) {
        this.config = config;
        this.name = name;
        this.device = device;
        this.desk = desk;
        this.order = order;
        this.sweep = sweep;
        this.database = database;
    }

    String name() {
        return name.text();
    }

    boolean isDraining() {
        return draining;
    }

    void start(Drain drain) {
        this.drain = drain;
        desk.whenChanged(this::soon);
        beat();
        long every = config.beat().toMillis();
        timer.scheduleWithFixedDelay(() -> safely(this::beat), every, every, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(() -> safely(order::restore), every, every, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(() -> safely(sweep::run), 0, RunSweep.EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    /** Beats as soon as it can, for something that others should know. */
    void soon() {
        if (!due.compareAndSet(false, true)) return;
        later(() -> {
            due.set(false);
            beat();
        });
    }

    /** On the thread of the beat. */
    void later(Runnable task) {
        try {
            timer.execute(() -> safely(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("The worker ends; nothing more is noted.");
        }
    }

    /** What fails once is done again with the next beat. */
    private void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warnf("The worker %s could not do what belongs to a beat: %s", name.text(), e.getMessage());
        }
    }

    private void beat() {
        boolean before = draining;
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(BEAT)) {
            statement.setString(1, name.text());
            statement.setString(2, device.name());
            statement.setInt(3, device.cores());
            statement.setLong(4, config.memory());
            statement.setString(5, Version.current());
            statement.setInt(6, config.slots());
            statement.setArray(7, connection.createArrayOf("text", desk.models().toArray()));
            statement.setInt(8, desk.running());
            OptionalDouble speed = desk.speed();
            if (speed.isPresent()) statement.setDouble(9, speed.getAsDouble());
            else statement.setNull(9, Types.DOUBLE);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                draining = row.getBoolean(1);
            }
        } catch (SQLException e) {
            LOG.warnf("The worker %s could not show that it lives: %s", name.text(), e.getMessage());
        }
        if (draining != before) drain.set(draining);
    }

    /** Takes this worker off the list; one that shall drain stays on it, as it shall when it comes back. */
    void stop() {
        timer.shutdownNow();
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("delete from worker where name = ? and not draining")) {
            statement.setString(1, name.text());
            statement.executeUpdate();
        } catch (SQLException e) {
            LOG.debugf("The worker %s stays on the list until it is swept.", name.text());
        }
    }
}
