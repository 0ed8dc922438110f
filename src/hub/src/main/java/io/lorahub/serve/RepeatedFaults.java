package io.lorahub.serve;

import io.lorahub.database.DatabaseOutage;
import io.lorahub.storage.StoreOutage;
import io.lorahub.storage.object.StoreUnavailableException;
import io.quarkus.logging.LoggingFilter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/**
 * While the database or the store is down, every loop of a process fails on each iteration, with a stack trace. One
 * trace is enough: the same fault of the same logger is logged once a minute, with the number of repetitions. Failures
 * of requests are always logged, because their senders have the id.
 *
 * <p>Of an outage of the database or the store, only its beginning is logged, as one line. The listener for events logs
 * the end of the first, and {@code MeasuredStore} that of the second.
 */
@LoggingFilter(name = "repeated-faults")
public final class RepeatedFaults implements Filter {

    private static final long EVERY = Duration.ofMinutes(1).toNanos();
    private static final int MOST = 1000;
    private static final String REQUESTS = "io.lorahub.web.";

    /** Libraries that use the database, which describe its outage in many ways. */
    private static final List<String> DATABASE_USERS = List.of(
            "com.arjuna.",
            "com.github.kagkarlsson.",
            "io.agroal.",
            "io.quarkus.narayana.",
            "org.hibernate.",
            "org.postgresql.");

    private final DatabaseOutage outage;
    private final StoreOutage storeOutage;
    private volatile long beginning = -1; // sequence number of the record that was logged as such

    private record Fault(String logger, String message, String parameters, Class<?> thrown, Class<?> cause) {}

    private final LongSupplier nanos;
    private final Map<Fault, Told> faults = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Fault, Told> eldest) {
            return size() > MOST;
        }
    });

    public RepeatedFaults() {
        this(System::nanoTime, DatabaseOutage.HERE, StoreOutage.HERE);
    }

    /** @param nanos nanoseconds since some fixed moment; never decreases */
    RepeatedFaults(LongSupplier nanos, DatabaseOutage outage, StoreOutage storeOutage) {
        this.nanos = nanos;
        this.outage = outage;
        this.storeOutage = storeOutage;
    }

    @Override
    public boolean isLoggable(LogRecord log) {
        String logger = String.valueOf(log.getLoggerName());
        if (log.getLevel().intValue() < Level.WARNING.intValue()) return true;
        if (log.getSequenceNumber() == beginning) return true; // asked by another handler
        boolean ofRequest = logger.startsWith(REQUESTS);
        if (!ofRequest || log.getLevel().intValue() == Level.WARNING.intValue()) {
            if (isOfOutage(log)) return begins(log, outage::begins, "database");
            if (StoreOutage.isCause(log.getThrown())) return begins(log, storeOutage::begins, "object store");
            if (outage.isOn() && DATABASE_USERS.stream().anyMatch(logger::startsWith)) return false;
        }
        if (ofRequest) return true;
        Throwable thrown = log.getThrown();
        Fault fault = new Fault(
                logger,
                template(log),
                Arrays.toString(log.getParameters()),
                thrown == null ? null : thrown.getClass(),
                thrown == null || thrown.getCause() == null
                        ? null
                        : thrown.getCause().getClass());
        return faults.computeIfAbsent(fault, first -> new Told(nanos.getAsLong() - EVERY))
                .isDue(log, nanos.getAsLong());
    }

    private static boolean isOfOutage(LogRecord log) {
        return DatabaseOutage.isCause(log.getThrown()) || DatabaseOutage.isDescribedBy(text(log));
    }

    private static String text(LogRecord log) {
        return String.valueOf(log instanceof ExtLogRecord styled ? styled.getFormattedMessage() : log.getMessage());
    }

    /** Turns the first record of an outage into the line about its beginning. */
    private synchronized boolean begins(LogRecord log, BooleanSupplier isFirst, String what) {
        if (!isFirst.getAsBoolean()) return false;
        beginning = log.getSequenceNumber();
        String reason = reason(log);
        String line = "The %s does not answer: %s"
                .formatted(what, reason.lines().findFirst().orElse(""));
        log.setThrown(null);
        log.setParameters(null);
        log.setLevel(org.jboss.logmanager.Level.WARN);
        if (log instanceof ExtLogRecord styled) styled.setMessage(line, ExtLogRecord.FormatStyle.NO_FORMAT);
        else log.setMessage(line);
        return true;
    }

    private static String reason(LogRecord log) {
        Throwable thrown = log.getThrown();
        if (thrown == null) return text(log);
        Throwable reason = DatabaseOutage.causes(thrown)
                .filter(cause -> cause instanceof SQLException || cause instanceof StoreUnavailableException)
                .findFirst()
                .or(() -> DatabaseOutage.causes(thrown)
                        .filter(cause -> cause.getCause() == null)
                        .findFirst())
                .orElse(thrown);
        return String.valueOf(reason.getMessage());
    }

    /**
     * The message without the suffix that an earlier handler has appended, and without numbers, which libraries put into it
     * themselves.
     */
    private static String template(LogRecord log) {
        return String.valueOf(log.getMessage())
                .replaceFirst(" \\(and \\d+ times since .*\\)$", "")
                .replaceAll("\\d+", "0");
    }

    private static final class Told {

        private long at;
        private int more;
        private long record;
        private boolean shown;

        Told(long at) {
            this.at = at;
        }

        /** Several handlers ask about the same record. */
        synchronized boolean isDue(LogRecord log, long now) {
            if (log.getSequenceNumber() == record) return shown;
            record = log.getSequenceNumber();
            shown = now - at >= EVERY;
            if (!shown) {
                more++;
                return false;
            }
            if (more > 0) append(log, " (and %d times since the last of these)".formatted(more));
            at = now;
            more = 0;
            return true;
        }

        /** Keeps the style of the message's placeholders, which setMessage alone resets. */
        private static void append(LogRecord log, String suffix) {
            String message = log.getMessage() + suffix;
            if (log instanceof ExtLogRecord styled) styled.setMessage(message, styled.getFormatStyle());
            else log.setMessage(message);
        }
    }
}
