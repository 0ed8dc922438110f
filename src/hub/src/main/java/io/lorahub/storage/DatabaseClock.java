package io.lorahub.storage;

import com.github.kagkarlsson.scheduler.Clock;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * The database's time, which all processes use to queue runs and to detect dead workers, so the clocks of their
 * machines need not agree. The database is queried occasionally; in between, locally elapsed time is added.
 */
@ApplicationScoped
public class DatabaseClock implements Clock {

    private static final Logger LOG = Logger.getLogger(DatabaseClock.class);

    private static final long RENEWED = Duration.ofSeconds(30).toNanos();

    private record Reading(Instant time, long nanos) {}

    private final Supplier<Instant> database;
    private final LongSupplier nanos;
    private volatile Reading last;

    @jakarta.inject.Inject
    DatabaseClock(DataSource database) {
        this(() -> ask(database), System::nanoTime);
    }

    /** @param nanos monotonic time in nanoseconds, from an arbitrary origin */
    DatabaseClock(Supplier<Instant> database, LongSupplier nanos) {
        this.database = database;
        this.nanos = nanos;
    }

    @Override
    public Instant now() {
        Reading reading = last;
        if (reading == null || nanos.getAsLong() - reading.nanos() > RENEWED) last = reading = read(reading);
        return reading.time().plusNanos(nanos.getAsLong() - reading.nanos());
    }

    private Reading read(Reading before) {
        long asked = nanos.getAsLong();
        try {
            Instant time = database.get();
            long answered = nanos.getAsLong();
            return new Reading(time, asked + (answered - asked) / 2);
        } catch (IllegalStateException e) {
            LOG.warnf("The time cannot be read from the database: %s", e.getMessage());
            return before == null ? new Reading(Instant.now(), asked) : before;
        }
    }

    private static Instant ask(DataSource database) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
