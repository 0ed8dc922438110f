package io.lorahub.composition;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunResourceTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private Person member;
    private List<String> candidates;

    RunResourceTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past", "re");
    }

    private RequestSpecification api() {
        return api(member);
    }

    private RequestSpecification api(Person person) {
        return given().auth().oauth2(hub.token(person, Scope.WRITE));
    }

    private Map<String, Object> request() {
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

    private String start() {
        return api().contentType("application/json")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    private String ended() {
        String id = start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !List.of("queued", "running")
                        .contains(api().get("/api/v1/runs/" + id).path("state")));
        return id;
    }

    @Test
    void a_run_is_started_watched_and_deleted() {
        String id = ended();
        String address = "/api/v1/runs/" + id;

        api().get(address)
                .then()
                .statusCode(200)
                .body("state", equalTo("succeeded"))
                .body("candidates", hasItems(candidates.get(0) + "@1.0.0"))
                .body("spent", lessThanOrEqualTo(8))
                .body("best.weights", hasSize(3))
                .body("result.verdict", notNullValue())
                .body("files", org.hamcrest.Matchers.hasKey("recipe.json"));
        api().get(address + "/evaluations?after=1").then().statusCode(200).body("[0].number", equalTo(2));
        api().get(address + "/events").then().statusCode(200).body(containsString("event:end"));
        api().get("/api/v1/runs?state=succeeded").then().statusCode(200).body("items.id", hasItems(id));
        api().get("/api/v1/runs?state=paused").then().body("items.id", not(hasItems(id)));
        api().delete(address).then().statusCode(204);
        api().get(address).then().statusCode(404).contentType(containsString("application/problem+json"));
    }

    @Test
    void the_same_key_is_the_same_run() {
        String first = api().contentType("application/json")
                .header("Idempotency-Key", "again")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(201)
                .header("Location", containsString("/api/v1/runs/"))
                .extract()
                .path("id");

        api().contentType("application/json")
                .header("Idempotency-Key", "again")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(201)
                .header("Location", endsWith(first));
    }

    @Test
    void every_fault_of_a_request_is_a_cause() {
        api().contentType("application/json")
                .body("{\"title\": \"\", \"candidates\": [\"no/such\"], \"budget\": 0, \"dtype\": \"int4\"}")
                .post("/api/v1/runs")
                .then()
                .statusCode(422)
                .contentType(containsString("application/problem+json"))
                .body("causes.field", hasItems("title", "candidates", "budget", "dtype", "examples"));
        api().contentType("application/json")
                .body("{\"budget\": \"x\"")
                .post("/api/v1/runs")
                .then()
                .statusCode(400);
        api().contentType("application/json").post("/api/v1/runs").then().statusCode(400);
        given().contentType("application/json")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(401);
        given().auth()
                .oauth2(hub.token(member, Scope.READ))
                .contentType("application/json")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(403);
    }

    @Test
    void others_know_nothing_of_it() {
        String id = start();
        Person other = hub.person(Role.MEMBER);

        api(other).get("/api/v1/runs/" + id).then().statusCode(404);
        api(other).post("/api/v1/runs/" + id + "/cancel").then().statusCode(404);
        api(other)
                .contentType("application/json")
                .body(Map.of("fork_of", id, "title", "mine"))
                .post("/api/v1/runs")
                .then()
                .statusCode(404);
        api(other).get("/api/v1/runs").then().body("items", hasSize(0));
    }
}
