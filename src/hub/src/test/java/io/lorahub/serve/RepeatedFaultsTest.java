package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.database.DatabaseOutage;
import io.lorahub.storage.StoreOutage;
import io.lorahub.storage.object.StoreFullException;
import io.lorahub.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.junit.jupiter.api.Test;

class RepeatedFaultsTest {

    private final AtomicLong clock = new AtomicLong(-5);
    private final DatabaseOutage outage = new DatabaseOutage(clock::get);
    private final StoreOutage storeOutage = new StoreOutage(clock::get);
    private final RepeatedFaults filter = new RepeatedFaults(clock::get, outage, storeOutage);

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

    @Test
    void an_outage_of_the_database_is_one_line_without_a_trace_however_many_fail() {
        LogRecord first = outageOf("io.agroal.pool", new SQLException("Connection to db:5432 refused.", "08001"));

        assertThat(filter.isLoggable(first)).isTrue();
        assertThat(filter.isLoggable(first)).as("by another handler").isTrue();
        assertThat(first.getMessage()).isEqualTo("The database does not answer: Connection to db:5432 refused.");
        assertThat(first.getThrown()).isNull();
        outage.confirm();
        for (int second = 0; second < 90; second++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            assertThat(filter.isLoggable(outageOf("a.loop", new SQLException("The connection is closed.", "08003"))))
                    .isFalse();
            assertThat(filter.isLoggable(outageOf("com.github.kagkarlsson.scheduler.Scheduler", null)))
                    .isFalse();
            LogRecord described = new LogRecord(Level.WARNING, "It failed: Connection to db:5432 refused.");
            described.setLoggerName("io.lorahub.web.problem.ProblemWriter");
            assertThat(filter.isLoggable(described)).isFalse();
        }
        assertThat(outage.end()).hasValue(Duration.ofSeconds(90));
        assertThat(filter.isLoggable(outageOf("a.loop", new SQLException("The connection is closed.", "08003"))))
                .as("a connection that broke before")
                .isFalse();
        assertThat(filter.isLoggable(outageOf("com.github.kagkarlsson.scheduler.Scheduler", null)))
                .isTrue();
        clock.addAndGet(TimeUnit.MINUTES.toNanos(1));
        assertThat(filter.isLoggable(outageOf("a.loop", new SQLException("The connection is closed.", "08003"))))
                .as("the next outage")
                .isTrue();
    }

    @Test
    void a_single_broken_connection_is_no_outage_for_long() {
        assertThat(filter.isLoggable(outageOf("a.loop", new SQLException("The connection is closed.", "08003"))))
                .isTrue();
        assertThat(outage.isOn()).isTrue();
        clock.addAndGet(TimeUnit.MINUTES.toNanos(1));

        assertThat(outage.isOn()).isFalse();
        assertThat(outage.end()).isEmpty();
        assertThat(filter.isLoggable(outageOf("com.github.kagkarlsson.scheduler.Scheduler", null)))
                .isTrue();
    }

    @Test
    void an_outage_of_the_store_is_one_line_without_a_trace_until_the_store_has_answered_for_a_while() {
        StoreUnavailableException reason = new StoreUnavailableException("It cannot be reached.", new IOException());
        LogRecord first = failed("io.lorahub.storage.MeasuredStore", reason);

        assertThat(filter.isLoggable(first)).isTrue();
        assertThat(filter.isLoggable(first)).as("by another handler").isTrue();
        assertThat(first.getMessage()).isEqualTo("The object store does not answer: It cannot be reached.");
        assertThat(first.getThrown()).isNull();
        for (int second = 0; second < 90; second++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            assertThat(filter.isLoggable(failed("a.loop", new IllegalStateException(reason))))
                    .isFalse();
            assertThat(filter.isLoggable(failed("io.lorahub.web.problem.ProblemWriter", reason)))
                    .isFalse();
            assertThat(storeOutage.end()).as("an answer between failures").isEmpty();
        }
        clock.addAndGet(TimeUnit.SECONDS.toNanos(2));

        assertThat(storeOutage.end()).hasValue(Duration.ofSeconds(92));
        assertThat(storeOutage.end()).isEmpty();
        LogRecord next = failed("io.lorahub.storage.MeasuredStore", reason);
        assertThat(filter.isLoggable(next)).as("the next outage").isTrue();
        assertThat(filter.isLoggable(next)).as("by another handler").isTrue();
    }

    @Test
    void a_full_store_is_no_outage() {
        LogRecord full = failed("a.loop", new StoreFullException("It has no space left.", new IOException()));

        assertThat(filter.isLoggable(full)).isTrue();
        assertThat(full.getMessage()).isEqualTo("It failed.");
        assertThat(storeOutage.end()).isEmpty();
    }

    @Test
    void numbers_that_a_library_writes_into_its_message_do_not_make_it_another_fault() {
        assertThat(filter.isLoggable(failed("a.library", "2 heartbeats failed.")))
                .isTrue();
        assertThat(filter.isLoggable(failed("a.library", "3 heartbeats failed.")))
                .isFalse();
    }

    private static LogRecord failed(String logger, RuntimeException reason) {
        LogRecord log = failed(logger, "It failed.");
        log.setThrown(reason);
        return log;
    }

    private static LogRecord outageOf(String logger, SQLException reason) {
        LogRecord log = new LogRecord(Level.SEVERE, "It failed.");
        log.setLoggerName(logger);
        log.setThrown(new IllegalStateException(reason));
        return log;
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
