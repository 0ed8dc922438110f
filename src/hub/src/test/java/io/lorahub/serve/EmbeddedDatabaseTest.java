package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EmbeddedDatabaseTest {

    @TempDir
    Path folder;

    @Test
    void rows_survive_a_restart() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            Databases.execute(database, "CREATE TABLE kept AS SELECT 'ä' AS text");
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(Databases.ask(database, "SELECT text FROM kept")).isEqualTo("ä");
        }
        assertThat(folder.resolve("data/postmaster.pid")).doesNotExist();
    }

    @Test
    void a_running_server_is_found_through_a_symbolic_link() throws IOException {
        Path data = folder.resolve("disk");
        Path link = Files.createSymbolicLink(folder.resolve("link"), data);
        assertThat(EmbeddedDatabase.running(link)).isEmpty();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(data)) {
            assertThat(EmbeddedDatabase.running(link)).hasValue(database.jdbcUrl());
            assertThat(EmbeddedDatabase.running(data)).hasValue(database.jdbcUrl());
        }
        assertThat(EmbeddedDatabase.running(link)).isEmpty();
    }

    @Test
    void acknowledged_rows_are_on_disk_and_text_sorts_alike_everywhere() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(Databases.ask(database, "SHOW fsync")).isEqualTo("on");
            assertThat(Databases.ask(database, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(Databases.ask(database, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(Databases.ask(database, "SHOW data_checksums")).isEqualTo("on");
            assertThat(Databases.ask(database, "SELECT upper('ä') || ('Z' < 'a')"))
                    .isEqualTo("Ätrue");
        }
    }

    @Test
    void nobody_else_gets_in() throws IOException, SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThatThrownBy(() -> DriverManager.getConnection(database.jdbcUrl(), database.username(), "guess"))
                    .hasMessageContaining("password authentication failed");
            assertThat(Databases.ask(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(Databases.ask(database, "SHOW unix_socket_directories")).isEmpty();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("password"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data"))))
                .isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void after_kill_9_nothing_acknowledged_is_missing(boolean alsoPostgres) throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AcknowledgingWriter.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader acknowledged = writer.inputReader();
        long last = -1;
        while (last < 200) last = Long.parseLong(acknowledged.readLine());
        writer.toHandle().destroyForcibly(); // the process would close its stream
        ProcessHandle postgres = server();
        assertThat(postgres.isAlive()).isTrue();
        if (alsoPostgres) postgres.destroyForcibly();
        for (String line = acknowledged.readLine(); line != null; line = acknowledged.readLine()) {
            last = Long.parseLong(line);
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(Long.parseLong(Databases.ask(database, "SELECT count(*) FROM written")))
                    .isGreaterThan(last);
            assertThat(Long.parseLong(Databases.ask(database, "SELECT max(number) FROM written")))
                    .isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void a_server_that_ends_by_itself_is_started_again_at_its_address() throws IOException, SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            database.restartWhenEnded(() -> false);
            Databases.execute(database, "CREATE TABLE kept AS SELECT 1 AS number");
            for (int time = 0; time < 2; time++) {
                long killed = server().pid();
                server().destroyForcibly();
                await().atMost(Duration.ofMinutes(1)).ignoreExceptions().untilAsserted(() -> {
                    assertThat(Databases.ask(database, "SELECT number FROM kept"))
                            .isEqualTo("1");
                    assertThat(server().pid()).isNotEqualTo(killed);
                });
            }
        }
        assertThat(folder.resolve("data/postmaster.pid")).doesNotExist();
    }

    private ProcessHandle server() throws IOException {
        return PostmasterFile.in(folder.toRealPath().resolve("data"))
                .flatMap(PostmasterFile::process)
                .orElseThrow();
    }

    @Test
    void an_interrupted_first_start_is_begun_again() throws IOException, SQLException {
        Files.createDirectories(folder.resolve("data.part/base"));
        Files.writeString(folder.resolve("data.part/PG_VERSION"), "17\n");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(Databases.ask(database, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_number_that_is_another_programs_by_now_is_no_hindrance() throws Exception {
        EmbeddedDatabase.start(folder).close();
        Process other = new ProcessBuilder("sleep", "1000").start();
        try {
            Files.writeString(
                    folder.resolve("data/postmaster.pid"), other.pid() + "\n" + folder.resolve("data") + "\n");
            try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
                assertThat(Databases.ask(database, "SELECT 1")).isEqualTo("1");
            }
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_postgres_of_somebody_else_is_let_alone(@TempDir Path elsewhere) throws IOException, SQLException {
        EmbeddedDatabase.start(folder).close();
        try (EmbeddedDatabase other = EmbeddedDatabase.start(elsewhere)) {
            Path mark = folder.resolve("data/postmaster.pid");
            Files.copy(elsewhere.resolve("data/postmaster.pid"), mark);
            String before = Files.readString(mark);
            assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                    .isInstanceOf(ServeException.class)
                    .hasMessageContaining("a PostgreSQL that LoraHub did not start here");
            assertThat(Files.readString(mark)).isEqualTo(before);
            assertThat(Databases.ask(other, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void files_of_another_version_are_refused() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/PG_VERSION"), "13\n");
        assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                .isInstanceOf(ServeException.class)
                .hasMessageContaining("was made by PostgreSQL 13, but this LoraHub brings PostgreSQL 17");
    }

    @Test
    void a_lost_password_is_named() throws IOException {
        EmbeddedDatabase.start(folder).close();
        Files.delete(folder.resolve("password"));
        assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                .isInstanceOf(ServeException.class)
                .hasMessageContaining("password cannot be read from", "Restore that file from a backup");
    }
}
