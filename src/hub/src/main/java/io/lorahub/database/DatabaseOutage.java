package io.lorahub.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether the database answers, as far as this process knows, so that an outage takes two lines in the log: one when it
 * begins and one when it ends. Whatever fails in between says nothing new.
 *
 * <p>The first failure is a suspicion, which ends by itself, because a single connection can break as well; the one that
 * keeps a connection open for notifications confirms it, and sees its end.
 */
public final class DatabaseOutage {

    /** Of this process. */
    public static final DatabaseOutage HERE = new DatabaseOutage(System::nanoTime);

    /** How long a suspicion lasts. */
    private static final long SUSPICION = Duration.ofSeconds(30).toNanos();

    /** How long broken connections are found in the pool after the end. */
    private static final long REMAINS = Duration.ofSeconds(15).toNanos();

    private static final int DEPTH = 10;

    /** Messages of PostgreSQL, its driver and the pool, for log records without an exception. */
    private static final Pattern TEXT = Pattern.compile("Connection to \\S+ refused|connection attempt failed"
            + "|I/O error occurred while sending to the backend|connection has been closed"
            + "|terminating connection due to|database system is (starting up|shutting down|in recovery mode)"
            + "|SQLState: (08|57P0)");

    private final LongSupplier nanos;
    private boolean confirmed;
    private long since;
    private long suspectedUntil;
    private long remainsUntil;

    /** @param nanos nanoseconds since some fixed moment; never decreases */
    public DatabaseOutage(LongSupplier nanos) {
        this.nanos = nanos;
        this.suspectedUntil = nanos.getAsLong();
        this.remainsUntil = nanos.getAsLong();
    }

    /** A failure with its causes, and then what they suppressed, in which a failed commit has the reason. */
    public static Stream<Throwable> causes(Throwable failure) {
        List<Throwable> direct = chain(failure).toList();
        return Stream.concat(
                direct.stream(),
                direct.stream()
                        .flatMap(cause -> Stream.of(cause.getSuppressed()))
                        .flatMap(DatabaseOutage::chain));
    }

    private static Stream<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(DEPTH);
    }

    /** Whether a failure is that of a connection to the database, or of the server as a whole. */
    public static boolean isCause(Throwable failure) {
        return causes(failure)
                .anyMatch(cause ->
                        cause instanceof SQLException sql && isOfConnection(String.valueOf(sql.getSQLState())));
    }

    /** By PostgreSQL's SQLSTATEs: class 08 is a connection, 57P0 a server that ends or starts. */
    public static boolean isOfConnection(String state) {
        return state.startsWith("08") || state.startsWith("57P0");
    }

    /** Whether a text that was written for the log is about such a failure. */
    public static boolean isDescribedBy(String text) {
        return TEXT.matcher(text).find();
    }

    /**
     * Takes note of a failure.
     *
     * @return whether it is the first of an outage
     */
    public synchronized boolean begins() {
        long now = nanos.getAsLong();
        if (isOn() || now - remainsUntil < 0) return false;
        since = now;
        suspectedUntil = now + SUSPICION;
        return true;
    }

    /** Whether an outage is under way, or suspected. */
    public synchronized boolean isOn() {
        return confirmed || nanos.getAsLong() - suspectedUntil < 0;
    }

    /** The database still didn't answer when it was asked again. */
    public synchronized void confirm() {
        if (!isOn()) since = nanos.getAsLong();
        confirmed = true;
    }

    /**
     * The database answers.
     *
     * @return how long it didn't; empty if no outage was confirmed
     */
    public synchronized Optional<Duration> end() {
        if (!confirmed) return Optional.empty();
        confirmed = false;
        long now = nanos.getAsLong();
        suspectedUntil = now;
        remainsUntil = now + REMAINS;
        return Optional.of(Duration.ofNanos(now - since));
    }
}
