package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.junit.jupiter.api.Test;

class RepeatedFaultsTest {

    private final AtomicLong clock = new AtomicLong(-5);
    private final RepeatedFaults filter = new RepeatedFaults(clock::get);

    @Test
    void the_same_fault_is_told_once_a_minute_with_its_number() {
        assertThat(filter.isLoggable(failed("loop", "It failed."))).isTrue();
        for (int i = 0; i < 500; i++) {
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
            assertThat(filter.isLoggable(failed("loop", "It failed."))).isFalse();
        }
        clock.addAndGet(TimeUnit.SECONDS.toNanos(20));

        LogRecord later = failed("loop", "It failed.");
        assertThat(filter.isLoggable(later)).isTrue();
        assertThat(later.getMessage()).isEqualTo("It failed. (and 500 times since the last of these)");
        assertThat(filter.isLoggable(failed("loop", "It failed."))).isFalse();
    }

    @Test
    void the_values_of_a_message_are_still_put_in() {
        for (int i = 0; i < 3; i++) filter.isLoggable(notReachable());
        clock.addAndGet(TimeUnit.MINUTES.toNanos(2));
        ExtLogRecord later = notReachable();

        assertThat(filter.isLoggable(later)).isTrue();
        assertThat(later.getFormattedMessage())
                .isEqualTo("Not reachable: refused (and 2 times since the last of these)");
    }

    @Test
    void each_handler_gets_the_same_record() {
        LogRecord first = failed("loop", "It failed.");
        LogRecord second = failed("loop", "It failed.");

        assertThat(filter.isLoggable(first)).isTrue();
        assertThat(filter.isLoggable(first)).isTrue();
        assertThat(filter.isLoggable(second)).isFalse();
        assertThat(filter.isLoggable(second)).isFalse();
        clock.addAndGet(TimeUnit.MINUTES.toNanos(2));
        LogRecord third = failed("loop", "It failed.");
        assertThat(filter.isLoggable(third)).isTrue();
        assertThat(filter.isLoggable(third)).isTrue();
        assertThat(third.getMessage()).isEqualTo("It failed. (and 1 times since the last of these)");
    }

    @Test
    void other_faults_and_what_requests_ended_with_are_told() {
        assertThat(filter.isLoggable(failed("loop", "It failed."))).isTrue();
        assertThat(filter.isLoggable(failed("loop", "Something else failed."))).isTrue();
        assertThat(filter.isLoggable(failed("other", "It failed."))).isTrue();
        for (int i = 0; i < 3; i++) {
            assertThat(filter.isLoggable(failed("io.lorahub.web.problem.ProblemWriter", "Problem.")))
                    .isTrue();
            assertThat(filter.isLoggable(new LogRecord(Level.INFO, "Nothing failed.")))
                    .isTrue();
        }
    }

    private static ExtLogRecord notReachable() {
        var log = new ExtLogRecord(Level.WARNING, "Not reachable: %s", FormatStyle.PRINTF, "test");
        log.setParameters(new Object[] {"refused"});
        return log;
    }

    private static LogRecord failed(String logger, String message) {
        LogRecord log = new LogRecord(Level.WARNING, message);
        log.setLoggerName(logger);
        log.setThrown(new IllegalStateException("the database is down"));
        return log;
    }
}
