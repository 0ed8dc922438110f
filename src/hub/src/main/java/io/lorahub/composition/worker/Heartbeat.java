package io.lorahub.composition.worker;

import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.model.WorkerDevice;
import io.lorahub.composition.model.WorkerName;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.recipe.EngineVersion;
import io.lorahub.job.Jobs;
import io.lorahub.job.PeriodicTasks;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Writes this worker's heartbeat and properties to the database, and reads from it whether the worker should drain.
 * Runs periodically on a thread of its own.
 */
@ApplicationScoped
public class Heartbeat {

    /** Callback that starts or ends draining. */
    interface Drain {
        void set(boolean draining);
    }

    private static final Logger LOG = Logger.getLogger(Heartbeat.class);

    private static final String UPSERT = """
            insert into worker (name, device, cores, memory, version, slots, models, running, speed, process,
              no_room_for, shortage, machine)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (name) do update set device = excluded.device, cores = excluded.cores, memory = excluded.memory,
              version = excluded.version, slots = excluded.slots, models = excluded.models, running = excluded.running,
              speed = coalesce(excluded.speed, worker.speed), process = excluded.process,
              no_room_for = excluded.no_room_for, shortage = excluded.shortage, machine = excluded.machine,
              seen_at = now()
             where coalesce(worker.process, excluded.process) = excluded.process
                or worker.seen_at < now() - make_interval(secs => ?)
            returning draining, (select count(*) from worker other where other.machine = worker.machine
              and other.name <> worker.name and other.seen_at > now() - make_interval(secs => ?))""";

    private static final String LEAVE = """
            with gone as (delete from worker where name = ? and process = ? and not draining)
            update worker set process = null where name = ? and process = ? and draining""";

    private static final Duration POLL = Duration.ofMillis(200);

    private final WorkerConfig config;
    private final WorkerName name;
    private final WorkerDevice device;
    private final RunExecutor executor;
    private final RunQueue queue;
    private final RunSweep sweep;
    private final DataSource database;

    /** Distinguishes this process from another one of the same name. */
    private final UUID process = UUID.randomUUID();

    private final AtomicBoolean due = new AtomicBoolean();
    private final PeriodicTasks heartbeats = new PeriodicTasks("worker-heartbeat");

    /** Runs requests to this worker. */
    private final PeriodicTasks signals = new PeriodicTasks("worker-signals");

    private final PeriodicTasks sweeps = new PeriodicTasks("worker-sweeps");

    private volatile boolean draining;
    private boolean named = true;
    private Drain drain;

    Heartbeat(
            WorkerConfig config,
            WorkerName name,
            WorkerDevice device,
            RunExecutor executor,
            RunQueue queue,
            RunSweep sweep,
            DataSource database) {
        this.config = config;
        this.name = name;
        this.device = device;
        this.executor = executor;
        this.queue = queue;
        this.sweep = sweep;
        this.database = database;
    }

    String name() {
        return name.text();
    }

    public boolean isDraining() {
        return draining;
    }

    /** @throws EngineException if another live worker has this name */
    void start(Drain drain) {
        this.drain = drain;
        takeName();
        executor.whenChanged(this::soon);
        heartbeats.every(config.heartbeat(), config.heartbeat(), this::sendAndNotify);
        sweeps.every(Duration.ZERO, RunSweep.EVERY, sweep::run);
        sweeps.every(Duration.ZERO, RunSweep.EVERY, queue::restore);
    }

    /**
     * Waits for a heartbeat of the worker that has the name, or until it has been silent long enough to free the name.
     */
    private void takeName() {
        Optional<Instant> first = Optional.empty();
        while (!send()) {
            Optional<Instant> seen = lastSeen();
            if (first.isPresent() && seen.isPresent() && !seen.equals(first)) {
                throw new EngineException(
                        "Another worker is already named %s. Give this one another name (--name or LORAHUB_WORKER_NAME), or stop the other one first."
                                .formatted(name.text()));
            }
            if (first.isEmpty()) first = seen;
            LockSupport.parkNanos(POLL.toNanos());
        }
        if (draining) signals.soon(() -> drain.set(true));
    }

    /** The last heartbeat of the worker that has the name. */
    private Optional<Instant> lastSeen() {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select seen_at from worker where name = ?")) {
            statement.setString(1, name.text());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getTimestamp(1).toInstant()) : Optional.empty();
            }
        } catch (SQLException e) {
            LOG.debugf("Looking up the worker %s failed and will be tried again: %s", name.text(), e.getMessage());
            return Optional.empty();
        }
    }

    /** Sends a heartbeat soon, because something has changed that others should see. */
    void soon() {
        if (!due.compareAndSet(false, true)) return;
        heartbeats.soon(() -> {
            due.set(false);
            sendAndNotify();
        });
    }

    /** Runs a task on a different thread from the heartbeats. */
    void later(Runnable task) {
        signals.soon(task);
    }

    private void sendAndNotify() {
        boolean before = draining;
        boolean is = send();
        if (is != named) {
            named = is;
            if (is) LOG.infof("The worker %s has its name again.", name.text());
            else
                LOG.errorf(
                        "Another process is now running as %s. This one takes no runs until that one stops.",
                        name.text());
        }
        if (!is) draining = true;
        if (draining != before) signals.soon(() -> drain.set(draining));
    }

    /** @return false if another process has the name */
    private boolean send() {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            statement.setString(1, name.text());
            statement.setString(2, device.name());
            statement.setInt(3, device.cores());
            statement.setLong(4, device.mainMemory());
            statement.setString(5, EngineVersion.current());
            statement.setInt(6, config.slots());
            statement.setArray(
                    7, connection.createArrayOf("text", executor.models().toArray()));
            statement.setInt(8, executor.running());
            OptionalDouble speed = executor.speed();
            if (speed.isPresent()) statement.setDouble(9, speed.getAsDouble());
            else statement.setNull(9, Types.DOUBLE);
            statement.setObject(10, process);
            List<String> noRoomFor = executor.noRoomFor();
            statement.setArray(11, connection.createArrayOf("text", noRoomFor.toArray()));
            statement.setString(
                    12, noRoomFor.isEmpty() ? null : executor.shortage().orElse(null));
            statement.setString(13, device.machine().orElse(null));
            double silence =
                    config.heartbeat().multipliedBy(Jobs.MISSED_HEARTBEATS).toMillis() / 1000.0;
            statement.setDouble(14, silence);
            statement.setDouble(15, silence);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) return false;
                draining = row.getBoolean(1);
                device.shareMemory(1 + row.getInt(2));
            }
        } catch (SQLException e) {
            LOG.warnf("The worker %s could not send its heartbeat: %s", name.text(), e.getMessage());
        }
        return true;
    }

    /** Takes this worker off the list. A draining worker stays on it, so that it still drains after a restart. */
    void stop() {
        heartbeats.close();
        signals.close();
        sweeps.close();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(LEAVE)) {
            statement.setString(1, name.text());
            statement.setObject(2, process);
            statement.setString(3, name.text());
            statement.setObject(4, process);
            statement.executeUpdate();
        } catch (SQLException e) {
            LOG.debugf("The worker %s stays on the list until it is swept.", name.text());
        }
    }
}
