package io.lorahub.composition.live;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;
import static org.hamcrest.Matchers.startsWith;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.request.RunSending;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunResourceTest extends RunSending {

    RunResourceTest(Hub hub, DemoOnHub demo) {
        super(hub, demo);
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
        api().get(address + "/events")
                .then()
                .statusCode(200)
                .body(containsString("event:run\ndata:{\"id\":\"" + id))
                .body(containsString("event:end"), not(containsString("event:live")));
        api().get("/api/v1/runs?state=succeeded").then().statusCode(200).body("items.id", hasItems(id));
        api().get("/api/v1/runs?state=paused").then().body("items.id", not(hasItems(id)));
        api().delete(address).then().statusCode(204);
        api().get(address).then().statusCode(404).contentType(containsString("application/problem+json"));
    }

    @Test
    void numbers_are_not_rounded_and_unknown_fields_are_named() {
        Map<String, Object> wrong = new HashMap<>(request());
        wrong.put("seed", 1.5);
        wrong.put("budget", 1_000_000_000_000L);
        wrong.put("bugdet", 8);
        posted("numbers", wrong).statusCode(422).body("causes.field", containsInAnyOrder("seed", "budget", "bugdet"));
        wrong = new HashMap<>(request());
        wrong.put("seed", 42.0);
        posted("whole", wrong).statusCode(201).body("settings.seed", equalTo(42));
    }

    @Test
    void faults_that_a_worker_would_find_are_found_at_the_start() {
        Map<String, Object> wrong = new HashMap<>(request());
        wrong.put("strategy", "lbfgs");
        wrong.put("objective", "exact-match");
        wrong.put("examples", List.of(Map.of("input", "a ".repeat(1200), "output", "unlocked")));
        wrong.put("held_out", List.of(Map.of("input", "lock", "output", "b ".repeat(1200))));
        posted("worker", wrong)
                .statusCode(422)
                .body("causes.field", containsInAnyOrder("strategy", "examples", "held_out"))
                .body("causes.message.join('|')", containsString("the limit is 512"));

        api().contentType("application/json")
                .body("{\"title\": \"half\", \"candidates\": [\"%s\"],".formatted(candidates.get(0))
                        + " \"examples\": [{\"input\": \"a\\ud800\", \"output\": \"b\"}]}")
                .post("/api/v1/runs")
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString("lone surrogate"));
    }

    @Test
    void characters_that_the_model_cannot_read_are_a_warning() {
        Map<String, Object> odd = new HashMap<>(request());
        odd.put("examples", List.of(Map.of("input", "日本", "output", "unlocked")));
        String id = posted("odd", odd)
                .statusCode(201)
                .body("warnings[0]", containsString("日 本"))
                .extract()
                .path("id");
        api().get("/api/v1/runs/" + id).then().body("warnings", hasSize(1));
        AsBrowser.given(hub.session(member)).get("/runs/" + id).then().body(containsString("Check the examples."));
        posted("plain", request()).statusCode(201).body("warnings", nullValue());
    }

    @Test
    void the_same_input_with_two_outputs_is_a_warning() {
        Map<String, Object> torn = new HashMap<>(request());
        torn.put(
                "examples",
                List.of(
                        Map.of("input", "lock", "output", "unlocked"),
                        Map.of("input", "fold", "output", "unfolded"),
                        Map.of("input", "lock", "output", "relocked"),
                        Map.of("input", "fold", "output", "unfolded")));
        posted("torn", torn)
                .statusCode(201)
                .body("warnings", hasSize(2))
                .body("warnings[0]", containsString("Examples 1 and 3 have the same input but different outputs"))
                .body("warnings[1]", containsString("Examples 2 and 4 are the same"));
    }

    @Test
    void outputs_that_no_prediction_can_reach_are_a_warning() {
        Map<String, Object> cut = new HashMap<>(request());
        cut.put("max_new_tokens", 1);
        cut.put("examples", List.of(Map.of("input", "lock", "output", "this is a far longer answer")));
        posted("cut", cut)
                .statusCode(201)
                .body("warnings", hasSize(1))
                .body("warnings[0]", startsWith("Predictions end after 1 token, so 1 of the 1 outputs can't"));
    }

    @Test
    void what_the_search_sees_cannot_be_held_out() {
        Map<String, Object> leaked = new HashMap<>(request());
        leaked.put("held_out", leaked.get("examples"));
        posted("leaked", leaked)
                .statusCode(422)
                .body("causes.field", contains("held_out"))
                .body("causes[0].message", containsString("also among the examples"));
    }

    @Test
    void a_title_that_is_left_out_is_made_from_the_first_example() {
        Map<String, Object> untitled = new HashMap<>(request());
        untitled.remove("title");
        untitled.put("examples", List.of(Map.of("input", "lock", "output", "unlocked")));
        posted("untitled", untitled).statusCode(201).body("title", equalTo("lock → unlocked"));
    }

    @Test
    void a_change_answers_with_the_state_after_it() {
        Map<String, Object> longer = new HashMap<>(request());
        longer.put("budget", 1000);
        String id = posted("long", longer).statusCode(201).extract().path("id");
        String address = "/api/v1/runs/" + id;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> api().get(address).path("state").equals("running"));
        api().post(address + "/pause")
                .then()
                .statusCode(200)
                .body("state", oneOf("running", "paused"))
                .body("stop_request", oneOf("pause", null));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> api().get(address).path("state").equals("paused"));
        api().post(address + "/resume").then().body("state", oneOf("queued", "running"));
        api().post(address + "/cancel")
                .then()
                .body("state", oneOf("running", "cancelled"))
                .body("stop_request", oneOf("cancel", null));
    }

    @Test
    void every_fault_of_a_request_is_a_cause() {
        api().contentType("application/json")
                .body("{\"title\": \"" + "x".repeat(1000)
                        + "\", \"candidates\": [\"no/such\"], \"budget\": 0, \"dtype\": \"int4\"}")
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
                .statusCode(422)
                .body("causes.field", hasItem("fork_of"));
        api(other).get("/api/v1/runs").then().body("items", hasSize(0));
    }
}
