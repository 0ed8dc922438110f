package io.lorahub.web.problem;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.UploadedFiles;
import io.lorahub.testsupport.server.BreakingProxy;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.S3Server;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** One part after another fails: first the database connections, then the store, then the database. */
@QuarkusTest
@QuarkusTestResource(value = OutageTest.Parts.class, restrictToAnnotatedClass = true)
@TestMethodOrder(OrderAnnotation.class)
class OutageTest {

    private static final int CONNECTIONS = 6;

    /** A real PostgreSQL and a real S3 server, which the tests stop. */
    public static final class Parts implements QuarkusTestResourceLifecycleManager {

        private Path folder;
        private EmbeddedDatabase database;
        private BreakingProxy databaseAddress; // stays the same when it starts again
        private BreakingProxy store;

        @Override
        public Map<String, String> start() {
            try {
                folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "outage-");
                database = EmbeddedDatabase.start(folder.resolve("postgres"));
                databaseAddress = new BreakingProxy(address(database));
                S3Server server = S3ProxyServer.shared();
                store = new BreakingProxy(URI.create(server.endpoint()));
                S3Server seen = new S3Server(store.address().toString(), server.accessKey(), server.secretKey());
                Map<String, String> settings = new HashMap<>(seen.settings("outage-" + UUID.randomUUID()));
                settings.put("lorahub.storage.s3.timeout", "2s");
                settings.put(
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://%s/postgres"
                                .formatted(databaseAddress.address().getAuthority()));
                settings.put("quarkus.datasource.username", database.username());
                settings.put("quarkus.datasource.password", database.password());
                settings.put("quarkus.datasource.jdbc.max-size", Integer.toString(CONNECTIONS));
                settings.put("quarkus.datasource.jdbc.acquisition-timeout", "PT1S");
                return settings;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void inject(Object test) {
            ((OutageTest) test).parts = this;
        }

        private static URI address(EmbeddedDatabase database) {
            return URI.create(database.jdbcUrl().substring("jdbc:".length()));
        }

        void stopDatabase() {
            if (database != null) database.close();
            database = null;
        }

        void startDatabase() {
            database = EmbeddedDatabase.start(folder.resolve("postgres"));
            databaseAddress.to(address(database));
        }

        void stopStore() {
            store.close();
        }

        @Override
        public void stop() {
            try {
                stopDatabase();
                stopStore();
                PathUtils.deleteDirectory(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Hub hub;
    private final DataSource pool;
    private final UploadedFiles files;
    Parts parts;

    OutageTest(Hub hub, DataSource pool, UploadedFiles files) {
        this.hub = hub;
        this.pool = pool;
        this.files = files;
    }

    @Test
    @Order(1)
    void when_all_connections_are_in_use_the_hub_is_busy_and_not_down() throws Exception {
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.READ);
        List<Connection> taken = new ArrayList<>();
        try {
            takeAll(taken);

            problem(503, given().auth().oauth2(token).get("/api/v1/runs"))
                    .body("detail", containsString("waiting for the database"));
            page(given().accept("text/html").get("/nobody")).body(containsString("The hub is busy"));
            given().get("/status").then().statusCode(200);
            given().get("/q/health/ready").then().statusCode(200);
            given().get("/q/health/live").then().statusCode(200);
        } finally {
            for (Connection connection : taken) connection.close();
        }
        given().auth().oauth2(token).get("/api/v1/runs").then().statusCode(200);
    }

    /** All but the one on which ChangeEvents listens; others give theirs back after a moment. */
    private void takeAll(List<Connection> taken) {
        await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> {
            taken.add(pool.getConnection());
            return taken.size() == CONNECTIONS - 1;
        });
    }

    @Test
    @Order(2)
    void after_an_outage_of_the_database_an_upload_goes_on_where_it_was() throws Exception {
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);
        UploadClient client = new UploadClient(URI.create("http://localhost:" + RestAssured.port), token);
        byte[] weights = new byte[40_000_000];
        new Random(1).nextBytes(weights);
        JsonNode upload = client.announced(Map.of(AdapterFiles.WEIGHTS, (long) weights.length));
        String file = UploadClient.file(upload, AdapterFiles.WEIGHTS);
        long before;
        try (Socket sending = client.begin(file, weights)) {
            before = client.offset(file);
            parts.stopDatabase();
            sending.getOutputStream().write(new byte[10_000_000]);
            String answer = new BufferedReader(new InputStreamReader(sending.getInputStream())).readLine();
            assertThat(answer).startsWith("HTTP/1.1 503 ");
        }
        parts.startDatabase();
        await().until(() -> client.offset(file) == before);

        HttpResponse<String> rest = await().atMost(Duration.ofMinutes(1)) // all of it is sent each time
                .until(
                        () -> client.append(file, before, Arrays.copyOfRange(weights, (int) before, weights.length)),
                        answer -> answer.statusCode() != 409); // a lease that could not be ended lasts for 4 s

        assertThat(before).isGreaterThanOrEqualTo(4 << 20);
        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(204);
        assertThat(files.content(client.get(upload), AdapterFiles.WEIGHTS)).isEqualTo(weights);
    }

    @Test
    @Order(3)
    void without_the_store_nothing_is_sent_and_the_pages_stay() {
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);
        UploadClient client = new UploadClient(URI.create("http://localhost:" + RestAssured.port), token);
        JsonNode upload = client.announced(Map.of("adapter_config.json", 4L));
        parts.stopStore();

        problem(
                503,
                given().auth()
                        .oauth2(token)
                        .contentType("application/partial-upload")
                        .header("Upload-Offset", 0)
                        .body("{}  ".getBytes())
                        .patch(UploadClient.file(upload, "adapter_config.json")));
        given().get("/api/v1/adapters").then().statusCode(200);
        // it can repeat what it said a few seconds ago
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> given().get("/status")
                        .then()
                        .statusCode(503)
                        .body(containsString("be uploaded or downloaded")));
        given().get("/q/health/live").then().statusCode(200);
    }

    @Test
    @Order(4)
    void without_the_database_everything_says_so() {
        Person member = hub.person(Role.MEMBER);
        String session = hub.session(member);
        String token = hub.token(member, AccessToken.Scope.READ);
        parts.stopDatabase();

        problem(503, given().auth().oauth2(token).get("/api/v1/runs")).body("title", equalTo("Service Unavailable"));
        page(given().accept("text/html").get("/nobody"));
        page(given().accept("text/html").cookie("lorahub_session", session).get("/me/notices"));
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> given().cookie("lorahub_session", session)
                        .get("/status")
                        .then()
                        .statusCode(503)
                        .body(containsString("almost nothing works")));
        for (String own : List.of("live", "started", "ready")) {
            given().get("/q/health/" + own).then().statusCode(200).body("status", equalTo("UP"));
        }
        given().get("/q/health/well").then().statusCode(503).body("status", equalTo("DOWN"));
        given().auth()
                .oauth2(token)
                .get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"));
        given().auth().oauth2(token).get("/q/health").then().statusCode(503).body("status", equalTo("DOWN"));
    }

    private static ValidatableResponse problem(int status, io.restassured.response.Response answer) {
        return answer.then()
                .statusCode(status)
                .contentType("application/problem+json")
                .header("Retry-After", notNullValue());
    }

    private static ValidatableResponse page(io.restassured.response.Response answer) {
        assertThat(answer.contentType()).startsWith("text/html");
        return answer.then().statusCode(503).header("Retry-After", notNullValue());
    }
}
