package io.lorahub.download;

import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Counts downloads in memory and writes the sums a second later, so that the load on the database does not grow with
 * the number of downloads. A killed process loses the counts that it has not yet written, about one second's worth.
 */
@ApplicationScoped
public class DownloadCounter {

    private static final Logger LOG = Logger.getLogger(DownloadCounter.class);

    private static final long DELAY_MS = 1000;

    private final DataSource database;
    private final Vertx vertx;

    /** Held while sums are written. */
    private final Object writing = new Object();

    /** Counts by adapter id, sorted so that two processes never wait for each other's rows. */
    private Map<Long, Integer> counts = new TreeMap<>();

    DownloadCounter(DataSource database, Vertx vertx) {
        this.database = database;
        this.vertx = vertx;
    }

    public synchronized void count(Long adapter) {
        if (counts.isEmpty()) writeSoon();
        counts.merge(adapter, 1, Integer::sum);
    }

    void stop(@Observes ShutdownEvent event) {
        write();
    }

    private void writeSoon() {
        Callable<Void> write = () -> {
            write();
            return null;
        };
        vertx.setTimer(DELAY_MS, timer -> vertx.executeBlocking(write, false));
    }

    /** Writes all counts so far, and keeps them for later if that fails. Waits for any other write in progress. */
    void write() {
        synchronized (writing) {
            write(take());
        }
    }

    private void write(Map<Long, Integer> taken) {
        if (taken.isEmpty()) return;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            add(
                    connection,
                    "insert into adapter_day (downloads, adapter_id, day)"
                            + " select ?, id, (now() at time zone 'UTC')::date from adapter where id = ?"
                            + " on conflict (adapter_id, day)"
                            + " do update set downloads = adapter_day.downloads + excluded.downloads",
                    taken);
            add(connection, "update adapter set downloads = downloads + ? where id = ?", taken);
            connection.commit();
        } catch (SQLException e) {
            LOG.warnf(e, "Downloads of %d adapters could not be counted; they will be tried again.", taken.size());
            giveBack(taken);
        }
    }

    private static void add(Connection connection, String sql, Map<Long, Integer> counts) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (var count : counts.entrySet()) {
                statement.setInt(1, count.getValue());
                statement.setLong(2, count.getKey());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private synchronized Map<Long, Integer> take() {
        Map<Long, Integer> taken = counts;
        counts = new TreeMap<>();
        return taken;
    }

    private synchronized void giveBack(Map<Long, Integer> taken) {
        if (counts.isEmpty()) writeSoon();
        taken.forEach((adapter, count) -> counts.merge(adapter, count, Integer::sum));
    }
}
