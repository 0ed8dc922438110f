package io.lorahub.composition.request;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/** A member who starts runs through the API, on a hub with three adapters. */
public abstract class RunSending {

    public final Hub hub;
    public final DemoOnHub demo;
    public Person member;
    public Person author;
    public List<String> candidates;

    public RunSending(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    public void publish() {
        member = hub.person(Role.MEMBER);
        author = hub.person(Role.MEMBER);
        candidates = demo.publish(author, "un", "past", "re");
    }

    public RequestSpecification api() {
        return api(member);
    }

    public RequestSpecification api(Person person) {
        return given().auth().oauth2(hub.token(person, Scope.WRITE));
    }

    public Map<String, Object> request() {
        return Map.of(
                "title",
                "un-past",
                "candidates",
                candidates,
                "budget",
                8,
                "examples",
                List.of(Map.of("input", "lock", "output", "unlocked"), Map.of("input", "fold", "output", "unfolded")));
    }

    public String start() {
        return api().contentType("application/json")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    public String ended() {
        String id = start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !List.of("queued", "running")
                        .contains(api().get("/api/v1/runs/" + id).path("state")));
        return id;
    }

    public ValidatableResponse posted(String key, Map<String, Object> body) {
        return api().contentType("application/json")
                .header("Idempotency-Key", key)
                .body(body)
                .post("/api/v1/runs")
                .then();
    }
}
