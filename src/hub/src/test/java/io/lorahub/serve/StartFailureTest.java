package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lorahub.testsupport.Checkout;
import java.nio.file.Path;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartFailureTest {

    @Test
    void only_what_no_sentence_says_needs_its_trace() {
        assertThat(StartFailure.known(new IllegalStateException(new SQLException("Connection refused."))))
                .get()
                .satisfies(why -> assertThat(why).hasMessageContaining("LORAHUB_DATABASE_URL"));
        assertThat(StartFailure.known(new IllegalStateException("odd"))).isEmpty();
        assertThat(StartFailure.of(new RuntimeException("it failed", new IllegalStateException("odd"))))
                .hasMessage("LoraHub could not start: IllegalStateException: odd. The log, above, says where.");
    }

    @Test
    void too_little_memory_is_named_with_the_way_to_more() {
        Throwable failure = new RuntimeException("Failed to start", new OutOfMemoryError("Java heap space"));
        assertThat(StartFailure.of(failure))
                .hasMessageContaining("too little memory to start (Java heap space)")
                .hasMessageContaining("JAVA_OPTS=-Xmx2g");
    }

    @Test
    void a_busy_database_is_no_wrong_setting() {
        SQLException busy = new SQLException("Acquisition timeout while waiting for new connection");
        assertThat(StartFailure.of(new IllegalStateException(busy))).hasMessageContaining("busy: start again");
    }

    @Test
    void only_a_fault_of_the_connection_points_to_its_settings() {
        for (String state : new String[] {"08001", "28P01", "3D000"}) {
            assertThat(StartFailure.of(new IllegalStateException(new SQLException("no", state))))
                    .hasMessageContaining("LORAHUB_DATABASE_URL");
        }
        assertThat(StartFailure.of(new IllegalStateException(new SQLException("disk full", "53100"))))
                .hasMessage("The database refused a statement at the start: disk full. The log has the statement.");
    }

    @Test
    void an_older_program_says_that_a_newer_one_has_upgraded_the_database(@TempDir Path folder) throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            Flyway flyway = Flyway.configure()
                    .dataSource(database.jdbcUrl(), database.username(), database.password())
                    .locations("filesystem:" + Checkout.path("db-migrations/db/migration"))
                    .ignoreMigrationPatterns(new String[0])
                    .load();
            flyway.migrate();
            Databases.execute(
                    database,
                    "INSERT INTO flyway_schema_history SELECT 9999, '9999', 'of the future', type, 'V9999__x.sql', 1,"
                            + " installed_by, now(), 1, true FROM flyway_schema_history WHERE version = '1'");

            Throwable failure = catchThrowable(flyway::migrate);

            assertThat(StartFailure.of(new IllegalStateException(failure)))
                    .hasMessageStartingWith("A newer version of LoraHub has upgraded this database")
                    .hasMessageNotContaining("\n");
        }
    }
}
