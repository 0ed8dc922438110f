package io.lorahub.composition;

import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.learning.Version;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Shows in the database that this worker lives, and what it has; learns from there whether it shall drain. On a thread
 * beside that it sweeps.
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
    private final PeriodicTasks beats = new PeriodicTasks("worker-beat");

    /** What others want of this worker. */
    private final PeriodicTasks signals = new PeriodicTasks("worker-signals");

    private final PeriodicTasks sweeps = new PeriodicTasks("worker-sweeps");

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
        beats.every(config.beat(), config.beat(), this::beat);
        sweeps.every(Duration.ZERO, RunSweep.EVERY, sweep::run);
        sweeps.every(Duration.ZERO, RunSweep.EVERY, order::restore);
    }

    /** Beats as soon as it can, for something that others should know. */
    void soon() {
        if (!due.compareAndSet(false, true)) return;
        beats.soon(() -> {
            due.set(false);
            beat();
        });
    }

    /** Beside the beats. */
    void later(Runnable task) {
        signals.soon(task);
    }

    private void beat() {
        boolean before = draining;
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(BEAT)) {
            statement.setString(1, name.text());
            statement.setString(2, device.name());
            statement.setInt(3, device.cores());
            statement.setLong(4, RunMemory.limit(config.memory()));
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
        if (draining != before) signals.soon(() -> drain.set(draining));
    }

    /** Takes this worker off the list; one that shall drain stays on it, as it shall when it comes back. */
    void stop() {
        beats.close();
        signals.close();
        sweeps.close();
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
