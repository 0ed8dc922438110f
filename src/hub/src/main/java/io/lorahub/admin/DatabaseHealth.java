package io.lorahub.admin;

import io.smallrye.health.api.Wellness;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Default;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.logging.Logger;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Checks whether the database answers, over a separate connection: a hub that uses all connections of its pool is busy
 * but not down, and health checks should not wait with other requests. The database is queried at most every few
 * seconds, because the check is open to everyone.
 */
@ApplicationScoped
@Wellness
@Default // also used by the status page
public class DatabaseHealth implements HealthCheck {

    static final String NAME = "Database";

    private static final String WORKERS =
            "select count(*) from worker where seen_at > now() - make_interval(secs => ?)";

    /** Number of missed heartbeats after which a worker is lost. */
    private static final int MISSED = 4;

    private static final Logger LOG = Logger.getLogger(DatabaseHealth.class);
    private static final Duration FRESH = Duration.ofSeconds(3);
    private static final int TIMEOUT = 3; // s

    private final Duration silence;
    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private Connection connection;
    private long asked = System.nanoTime() - FRESH.toNanos();
    private Optional<Long> workers = Optional.empty();
    private boolean failed;

    DatabaseHealth(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> username,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password,
            @ConfigProperty(name = "lorahub.worker.heartbeat") Duration heartbeat) {
        silence = heartbeat.multipliedBy(MISSED);
        username.ifPresent(database::setUser);
        password.ifPresent(database::setPassword);
        database.setURL(url); // set after them, so that credentials in the URL take precedence
        database.setApplicationName("lorahub health");
        database.setConnectTimeout(TIMEOUT);
        database.setSocketTimeout(TIMEOUT);
        database.setLoginTimeout(TIMEOUT);
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(NAME).status(workers().isPresent()).build();
    }

    /** Number of workers that are alive; empty if the database does not answer. */
    synchronized Optional<Long> workers() {
        if (System.nanoTime() - asked >= FRESH.toNanos()) {
            workers = ask();
            asked = System.nanoTime();
        }
        return workers;
    }

    /** Reopens a connection that was cut between checks. */
    private Optional<Long> ask() {
        boolean kept = connection != null;
        try {
            return Optional.of(count());
        } catch (SQLException e) {
            close();
            if (!kept) return failed(e);
        }
        try {
            return Optional.of(count());
        } catch (SQLException e) {
            close();
            return failed(e);
        }
    }

    private Optional<Long> failed(SQLException reason) {
        if (workers.isPresent() || !failed) LOG.warnf("The database does not answer: %s", reason.getMessage());
        failed = true;
        return Optional.empty();
    }

    private long count() throws SQLException {
        if (connection == null) connection = database.getConnection();
        try (PreparedStatement statement = connection.prepareStatement(WORKERS)) {
            statement.setDouble(1, silence.toMillis() / 1000.0);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @PreDestroy
    synchronized void close() {
        try {
            if (connection != null) connection.close();
        } catch (SQLException e) {
            // the connection was already lost
        } finally {
            connection = null;
        }
    }
}
