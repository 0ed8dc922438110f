package io.lorahub.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.server.OtherHub;
import io.lorahub.testsupport.server.OtherHub.Asked;
import io.lorahub.testsupport.server.OtherHubResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hubs that send a byte now and then, so that the connection is never silent. */
@QuarkusTest
@Settings("lorahub.imports.low-speed-time=PT1S")
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class SlowImportTest extends ImportFixture {

    private static final int TRIES = 3;

    private final CountDownLatch over = new CountDownLatch(1);

    SlowImportTest(Hub hub, AllowedHosts hosts) {
        super(hub, hosts);
    }

    @AfterEach
    void letGo() {
        over.countDown();
    }

    private void trickle(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, other.content(exchange.getRequestURI().getPath()).length);
        try {
            do {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
            } while (!over.await(50, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_file_that_arrives_too_slowly_is_given_up_and_can_be_imported_again() {
        for (int i = 0; i < TRIES; i++) other.once(weights(), this::trickle);

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("state").asText()).as("%s", failed).isEqualTo("failed");
        assertThat(failed.path("failure").asText())
                .containsPattern(
                        "sends adapter_model.safetensors too slowly: \\d+ bytes per second over a second, where"
                                + " this hub asks for 51,200 or more. It was tried 3 times.");
        assertThat(openUploads()).isZero();
        assertThat(ended(body("ada/past")).path("state").asText()).isEqualTo("done");
    }

    @Test
    void a_list_of_files_that_arrives_too_slowly_is_given_up() {
        for (int i = 0; i < TRIES; i++) {
            other.once(LISTING, this::trickle);
        }

        assertThat(ended(body("ada/past")).path("failure").asText()).contains("sends the list of files too slowly");
    }

    @Test
    void one_slow_connection_costs_nothing_that_has_arrived() {
        other.once(weights(), exchange -> {
            exchange.sendResponseHeaders(200, other.content(weights()).length);
            exchange.getResponseBody().write(other.content(weights()), 0, 1000);
            exchange.getResponseBody().flush();
            OtherHub.await(over);
        });
        JsonNode done = ended(body("ada/past"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(weights())).extracting(Asked::range).containsExactly(null, "bytes=1000-");
    }

    @Test
    void a_base_model_that_arrives_too_slowly_is_given_up() throws IOException {
        String token = hub.token(hub.person(Role.ADMIN), Scope.ADMINISTER);
        String weights = "/slow/base/resolve/%s/model.safetensors".formatted(COMMIT);
        other.with(
                "slow/base",
                COMMIT,
                Map.of("config.json", "{}".getBytes(StandardCharsets.UTF_8), "model.safetensors", new byte[1000]));
        for (int i = 0; i < TRIES; i++) other.once(weights, this::trickle);
        ObjectNode body =
                new ObjectMapper().createObjectNode().put("from", "slow/base").put("name", "slow/" + UUID.randomUUID());
        Response started = RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType("application/json")
                .body(body.toString())
                .post("/api/v1/base-model-imports");

        String url = json(started).path("url").asText();
        JsonNode failed = await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> json(RestAssured.given().auth().oauth2(token).get(url)),
                        view -> Set.of("failed", "done")
                                .contains(view.path("state").asText()));

        assertThat(failed.path("failure").asText()).contains("sends model.safetensors too slowly", "tried 3 times");
    }
}
