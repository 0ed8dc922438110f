package io.lorahub.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.database.DatabaseOutage;
import io.lorahub.web.ProblemException;
import jakarta.transaction.RollbackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExceptionTranslatorTest {

    @ParameterizedTest
    @CsvSource({
        "08006,503", // connection_failure
        "08003,503", // connection_does_not_exist
        "57P01,503", // admin_shutdown
        "57P03,503", // cannot_connect_now
        "53300,503", // too_many_connections
        "53100,503", // disk_full
        "57014,500", // query_canceled
        "42P01,500", // undefined_table
        "22021,400" // NUL in a text
    })
    void database_failures_are_outages_or_faults(String state, int status) {
        Throwable failure = new IllegalStateException(new SQLException("secret", state));
        assertThat(ExceptionTranslator.of(failure).status()).isEqualTo(status);
    }

    /** As Narayana and Agroal report it. */
    @Test
    void a_connection_that_breaks_at_the_commit_is_an_outage() {
        Throwable commit = new RollbackException("ARJUNA016053: Could not commit transaction.");
        commit.addSuppressed(new XAException("Error trying to transactionCommit local transaction")
                .initCause(new SQLException("An I/O error occurred while sending to the backend.", "08006")));
        Throwable failure = new IllegalStateException(commit);

        assertThat(ExceptionTranslator.of(failure).status()).isEqualTo(503);
        assertThat(DatabaseOutage.isCause(failure)).isTrue();
    }

    @Test
    void a_pool_without_a_free_connection_is_busy() {
        ProblemException problem = ExceptionTranslator.of(
                new IllegalStateException(new SQLException("Sorry, acquisition timeout! Possible causes: …")));
        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.headers()).containsEntry("Retry-After", "5");
    }

    @Test
    void a_full_disk_is_told() {
        assertThat(ExceptionTranslator.of(new UncheckedIOException(new IOException("No space left on device")))
                        .status())
                .isEqualTo(507);
    }

    @ParameterizedTest
    @CsvSource({"23505,409", "23502,500", "23503,500", "23514,500"})
    void only_what_has_to_be_unique_is_a_conflict(String state, int status) {
        Throwable failure = new ConstraintViolationException(
                "could not execute statement", new SQLException("secret", state), "adapter_name_key");
        assertThat(ExceptionTranslator.of(failure).status()).isEqualTo(status);
    }
}
