package io.lorahub.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.server.OtherHub;
import io.lorahub.testsupport.server.OtherHubResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Imports of several members beside each other, most of them from a hub that has stopped sending. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class ManyImportsTest extends ImportFixture {

    private static final String MODELS = "/api/v1/base-model-imports";
    private static final int MODELS_EACH = 10;
    private static final int SLOW_MEMBERS = 10;
    private static final int SHARE = 2;

    private record Slow(String token, String url, String id) {}

    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Slow> slow = new ArrayList<>();

    ManyImportsTest(Hub hub, AllowedHosts hosts) {
        super(hub, hosts);
    }

    @BeforeEach
    void addSlowRepositories() {
        byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
        other.with("slow/past", COMMIT, files.map());
        other.with("slow/base", COMMIT, Map.of("config.json", json, "model.safetensors", new byte[100_000]));
        for (int i = 0; i < SLOW_MEMBERS; i++) stall(slowAdapter());
        for (int i = 0; i < 2 * MODELS_EACH; i++) stall(slowModel());
    }

    private static String slowAdapter() {
        return "/slow/past/resolve/%s/adapter_model.safetensors".formatted(COMMIT);
    }

    private static String slowModel() {
        return "/slow/base/resolve/%s/model.safetensors".formatted(COMMIT);
    }

    /** The next answer for this path begins, and then nothing more of it is sent. */
    private void stall(String path) {
        other.once(path, exchange -> {
            exchange.sendResponseHeaders(200, other.content(path).length);
            exchange.getResponseBody().write(other.content(path), 0, 1000);
            exchange.getResponseBody().flush();
            OtherHub.await(over);
        });
    }

    @AfterEach
    void cancelAll() {
        slow.forEach(one -> RestAssured.given()
                .auth()
                .oauth2(one.token)
                .delete(one.url)
                .then()
                .statusCode(204));
        over.countDown();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(queued()).isZero());
    }

    /** How many of the slow ones a thread has, or wait for one. */
    private long queued() {
        return QuarkusTransaction.requiringNew().call(() -> (Long) AdapterImport.getEntityManager()
                .createNativeQuery("select count(*) from import_queue where task_instance in (?1)", Long.class)
                .setParameter(1, slow.stream().map(Slow::id).toList())
                .getSingleResult());
    }

    private void begin(Person member, String path, String from, String name) {
        String token = hub.token(member, path.equals(MODELS) ? Scope.ADMINISTER : Scope.WRITE);
        var body = body(from);
        if (name != null) body.put("name", name);
        JsonNode started = json(RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType("application/json")
                .body(body.toString())
                .post(path));
        slow.add(
                new Slow(token, started.path("url").asText(), started.path("id").asText()));
    }

    @Test
    void twenty_slow_imports_of_two_members_and_one_each_of_ten_others_leave_room_for_another(TestReporter reporter) {
        for (int admin = 0; admin < 2; admin++) {
            Person person = hub.person(Role.ADMIN);
            for (int i = 0; i < MODELS_EACH; i++)
                begin(person, MODELS, "slow/base", "slow/%s-%d".formatted(person.name, i));
        }
        for (int i = 0; i < SLOW_MEMBERS; i++) begin(hub.person(Role.MEMBER), ImportView.PATH, "slow/past", null);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(other.asked(slowModel())).hasSize(2 * SHARE);
            assertThat(other.asked(slowAdapter())).hasSize(SLOW_MEMBERS);
        });

        long asked = System.nanoTime();
        String url = started(body("ada/past")).path("url").asText();
        await().until(() -> !other.asked(LISTING).isEmpty());
        long begun = System.nanoTime();
        assertThat(ended(url).path("state").asText()).isEqualTo("done");
        long done = System.nanoTime();

        reporter.publishEntry(
                "begun after %.2f s, done after %.2f s".formatted((begun - asked) / 1e9, (done - asked) / 1e9),
                "beside %d slow imports".formatted(slow.size()));
        assertThat(slow)
                .allSatisfy(one -> assertThat(json(RestAssured.given()
                                        .auth()
                                        .oauth2(one.token)
                                        .get(one.url))
                                .path("state")
                                .asText())
                        .isIn("waiting", "fetching"));
        assertThat(other.asked(slowModel())).hasSize(2 * SHARE);
        assertThat(other.asked(slowAdapter())).hasSize(SLOW_MEMBERS);
    }
}
