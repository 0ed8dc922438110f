package io.lorahub.serve;

import io.quarkus.logging.LoggingFilter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/**
 * While the database or the store is down, every loop of a process fails on each iteration, with a stack trace. One
 * trace is enough: the same fault of the same logger is logged once a minute, with the number of repetitions. Failures
 * of requests are always logged, because their senders have the id.
 */
@LoggingFilter(name = "repeated-faults")
public final class RepeatedFaults implements Filter {

    private static final long EVERY = Duration.ofMinutes(1).toNanos();
    private static final int MOST = 1000;
    private static final String REQUESTS = "io.lorahub.web.";

    private record Fault(String logger, String message, String parameters, Class<?> thrown, Class<?> cause) {}

    private final LongSupplier nanos;
    private final Map<Fault, Told> faults = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Fault, Told> eldest) {
            return size() > MOST;
        }
    });

    public RepeatedFaults() {
        this(System::nanoTime);
    }

    /** @param nanos nanoseconds since some fixed moment; never decreases */
    RepeatedFaults(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public boolean isLoggable(LogRecord log) {
        String logger = String.valueOf(log.getLoggerName());
        if (log.getLevel().intValue() < Level.WARNING.intValue() || logger.startsWith(REQUESTS)) return true;
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

    /** The message without the suffix that an earlier handler has appended. */
    private static String template(LogRecord log) {
        return String.valueOf(log.getMessage()).replaceFirst(" \\(and \\d+ times since .*\\)$", "");
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
