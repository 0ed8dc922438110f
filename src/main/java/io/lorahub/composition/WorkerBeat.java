package io.lorahub.composition;

import io.lorahub.engine.learning.Version;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Shows in the database that this worker lives, and what it has; learns from there whether it shall drain. */
@ApplicationScoped
public class WorkerBeat {

    private static final Logger LOG = Logger.getLogger(WorkerBeat.class);

    private static final String BEAT = """
            insert into worker (name, device, memory, version, slots, models, running, speed)
            values (?, ?, ?, ?, ?, ?, ?, (select count(*) / nullif(sum(e.seconds), 0) from composition_evaluation e
              join composition_run r on r.id = e.run_id where r.worker = ? and e.at > now() - interval '1 hour'))
            on conflict (name) do update set models = excluded.models, running = excluded.running,
              speed = excluded.speed, device = excluded.device, memory = excluded.memory, version = excluded.version,
              slots = excluded.slots, seen_at = now()
            returning draining""";

    /** Whether another worker that lives has the run's model loaded and a slot free, and the run is young. */
    private static final String BETTER = """
            select exists (
              select from composition_run r join base_model b on b.id = r.base_model_id, worker w
              where r.id = ? and r.queued_at > now() - make_interval(secs => ?) and w.name <> ?
                and w.models @> array[b.name] and w.running < w.slots and not w.draining
                and w.seen_at > now() - make_interval(secs => ?)
                and not exists (select from worker me where me.name = ? and me.models @> array[b.name]))""";

    private final WorkerConfig config;
    private final WorkerName name;
    private final WorkerDesk desk;
    private final DataSource database;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "worker-beat");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean draining;

    WorkerBeat(WorkerConfig config, WorkerName name, WorkerDesk desk, DataSource database) {
        this.config = config;
        this.name = name;
        this.desk = desk;
        this.database = database;
    }

    String name() {
        return name.text();
    }

    boolean isDraining() {
        return draining;
    }

    void start() {
        beat();
        timer.scheduleWithFixedDelay(
                this::beat, config.beat().toMillis(), config.beat().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A beat that is missed is no harm; the next one comes soon. */
    private void beat() {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(BEAT)) {
            statement.setString(1, name.text());
            statement.setString(2, config.device().orElse("cpu"));
            statement.setLong(3, config.memory());
            statement.setString(4, Version.current());
            statement.setInt(5, config.slots());
            statement.setArray(6, connection.createArrayOf("text", desk.models().toArray()));
            statement.setInt(7, desk.running());
            statement.setString(8, name.text());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                draining = row.getBoolean(1);
            }
        } catch (SQLException e) {
            LOG.warnf("The worker %s could not show that it lives: %s", name.text(), e.getMessage());
        }
    }

    /** Whether the run does better to wait a moment for a worker that has its model. */
    boolean shouldLeave(UUID run, Duration patience) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(BETTER)) {
            statement.setObject(1, run);
            statement.setDouble(2, patience.toMillis() / 1000.0);
            statement.setString(3, name.text());
            statement.setDouble(4, config.beat().toMillis() * 4 / 1000.0);
            statement.setString(5, name.text());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        } catch (SQLException e) {
            return false; // then this worker does it
        }
    }

    /** Takes this worker off the list. */
    void stop() {
        timer.shutdownNow();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("delete from worker where name = ?")) {
            statement.setString(1, name.text());
            statement.executeUpdate();
        } catch (SQLException e) {
            LOG.debugf("The worker %s stays on the list until it is swept.", name.text());
        }
    }
}
