package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.server.HubProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server as a process. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ServeIT {

    private static final int TERMINATED = 128 + 15;
    private static final int INPUT = 3;

    @TempDir
    Path data;

    @Test
    void it_answers_survives_kill_9_and_ends_cleanly() throws Exception {
        try (HubProcess server = serve()) {
            assertThat(HubProcess.status(server.awaitUrl() + "/q/health/ready")).isEqualTo(200);
            execute("CREATE TABLE acknowledged AS SELECT generate_series(1, 1000) AS number");
            assertThatASecondOneIsRefused();
            server.kill();
        }
        try (HubProcess server = serve()) {
            assertThat(HubProcess.status(server.awaitUrl() + "/q/health/ready")).isEqualTo(200);
            assertThat(ask("SELECT count(*) FROM acknowledged")).isEqualTo("1000");
            assertThat(server.terminate()).isEqualTo(TERMINATED);
            assertThat(server.err()).isEmpty();
        }
        assertThat(data.resolve("postgres/data/postmaster.pid")).doesNotExist();
        assertThat(Files.readAllLines(data.resolve("log/lorahub.log")))
                .as("what an operator needs to know of a start and a stop")
                .hasSizeLessThan(10)
                .anyMatch(line -> line.contains("started in"));
    }

    @Test
    void a_port_in_use_is_named() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                HubProcess server =
                        HubProcess.start(Map.of(), "serve", "--data", data, "--port", taken.getLocalPort())) {
            assertThat(server.awaitExit()).isEqualTo(INPUT);
            assertThat(server.err())
                    .isEqualTo(
                            "lorahub: Port %d of 127.0.0.1 is in use; stop the program that uses it, or give another port with --port.%n"
                                    .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void a_monitoring_port_in_use_is_named_before_anything_starts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                HubProcess server = HubProcess.start(
                        Map.of(
                                "LORAHUB_ADMIN_MONITORING_HOST",
                                "127.0.0.1",
                                "LORAHUB_ADMIN_MONITORING_PORT",
                                Integer.toString(taken.getLocalPort())),
                        "serve",
                        "--data",
                        data,
                        "--port",
                        0)) {
            assertThat(server.awaitExit()).isEqualTo(INPUT);
            assertThat(server.err())
                    .startsWith("lorahub: Nothing can listen on 127.0.0.1:%d, which LORAHUB_ADMIN_MONITORING_HOST"
                            .formatted(taken.getLocalPort()))
                    .hasLineCount(1);
            assertThat(data.resolve("postgres")).doesNotExist();
        }
    }

    @Test
    void a_worker_shares_the_database_and_shows_no_pages(@TempDir Path elsewhere) throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(elsewhere)) {
            Map<String, String> environment = Map.of(
                    "LORAHUB_DATABASE_URL", database.jdbcUrl(),
                    "LORAHUB_DATABASE_USERNAME", database.username(),
                    "LORAHUB_DATABASE_PASSWORD", database.password(),
                    "LORAHUB_DATA", data.toString());
            try (HubProcess worker = HubProcess.start(environment, "worker")) {
                String url = worker.awaitUrl();
                assertThat(HubProcess.status(url + "/q/health/ready")).isEqualTo(200);
                assertThat(HubProcess.status(url + "/")).isEqualTo(404);
                assertThat(Databases.ask(database, "SELECT count(*) > 0 FROM flyway_schema_history"))
                        .isEqualTo("t");
                assertThat(data.resolve("postgres")).doesNotExist();
            }
        }
    }

    private HubProcess serve() throws IOException {
        return HubProcess.start(Map.of(), "serve", "--data", data, "--port", 0);
    }

    private void assertThatASecondOneIsRefused() throws Exception {
        try (HubProcess second = serve()) {
            assertThat(second.awaitExit()).isEqualTo(INPUT);
            assertThat(second.err()).contains("The data directory " + data + " is in use by another LoraHub (process ");
        }
    }

    private void execute(String sql) throws IOException, SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws IOException, SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** To the server's own database, whose port PostgreSQL notes on the fourth line. */
    private Connection connect() throws IOException, SQLException {
        String port =
                Files.readAllLines(data.resolve("postgres/data/postmaster.pid")).get(3);
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%s/postgres".formatted(port),
                PostgresCluster.OWNER,
                Files.readString(data.resolve("postgres/password")));
    }
}
