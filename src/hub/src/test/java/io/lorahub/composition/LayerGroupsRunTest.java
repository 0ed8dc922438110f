package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jsoup.Jsoup;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A run with a weight per adapter and layer group, from its request to its adapter. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LayerGroupsRunTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Hub hub;
    private final DemoOnHub demo;
    private Person member;
    private String token;
    private List<String> candidates;

    LayerGroupsRunTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        token = hub.token(member, AccessToken.Scope.WRITE);
        candidates = demo.publish(member, "un", "past", "re");
    }

    private Response start(Map<String, Object> settings) {
        List<Example> examples = DemoHub.open().task("un-past").fewShot(1);
        Map<String, Object> request = new HashMap<>(settings);
        request.put("title", "layers");
        request.put("candidates", candidates);
        request.put(
                "examples",
                examples.stream()
                        .map(e -> Map.of("input", e.input(), "output", e.output()))
                        .toList());
        return RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(request)
                .post("/api/v1/runs");
    }

    private CompositionRun ended(Response started) {
        UUID id = UUID.fromString(started.then().extract().path("id"));
        await().atMost(SOON).until(() -> stored(id).state.isEnded());
        return stored(id);
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> {
            CompositionRun run = CompositionRun.findById(id);
            run.files.size();
            return run;
        });
    }

    @Test
    void every_page_and_file_has_the_weights_of_the_groups() {
        CompositionRun run = ended(start(Map.of("layer_groups", "stacks", "average", 3, "population", 2)));

        assertThat(run.failure).isNull();
        JsonNode own = run.result.path("layer_weights").path(candidates.get(0));
        assertThat(own.fieldNames()).toIterable().containsExactlyInAnyOrder("encoder", "decoder");
        double largest = run.result.path("weights").path(candidates.get(0)).asDouble();
        assertThat(List.of(own.path("encoder").asDouble(), own.path("decoder").asDouble()))
                .contains(largest);
        assertThat(run.result.path("export").path("equal"))
                .isEqualTo(run.result.path("export").path("compared"));

        String session = hub.session(member);
        String page = "/runs/" + run.id;
        AsBrowser.given(session)
                .get(page)
                .then()
                .statusCode(200)
                .body(containsString("<span class=\"soft\">encoder</span>"));
        AsBrowser.given(session)
                .get(page + "/result")
                .then()
                .statusCode(200)
                .body(matchesPattern("(?s).*<dt>Layer groups</dt>\\s*<dd>stacks</dd>.*"))
                .body(containsString("of the best 3 points"))
                .body(matchesPattern("(?s).*<dt>Points at once</dt>\\s*<dd>2</dd>.*"))
                .body(containsString("un (decoder)"));
        AsBrowser.given(session)
                .get(page + "/log.csv")
                .then()
                .body(containsString("%1$s (encoder),%1$s (decoder)".formatted(candidates.get(0))));
        AsBrowser.given(session).get(page + "/files/recipe.json").then().body(containsString("\"layer_groups\""));
        AsBrowser.given(session)
                .get(page + "/publish?name=layers")
                .then()
                .body(containsString("encoder +"))
                .body(containsString("data-label=\"encoder\">"));

        playground(session, page);
        compressed(session, run);
    }

    /** The encoder's weight alone, changed by hand, with a field that needs no script. */
    private static void playground(String session, String page) {
        Elements adapters = Jsoup.parse(
                        AsBrowser.given(session).get(page + "/result").asString())
                .select("#playground .sliders");
        assertThat(adapters).hasSize(3);
        assertThat(adapters.select("details input[name^=w]:not([hidden])").eachAttr("name"))
                .containsExactlyInAnyOrder("w0", "w1", "w2", "w3", "w4", "w5");
        assertThat(adapters.select("> .slider input:not([hidden])")).isEmpty();
        Response asked = AsBrowser.given(session)
                .formParam("input", "lock")
                .formParam("w0", "0.25")
                .post(page + "/result/try");
        String shown = asked.header("Location").replace("#playground", "");
        await().atMost(SOON)
                .until(() -> AsBrowser.given(session).get(shown).asString().contains("With these weights"));
        assertThat(AsBrowser.given(session).get(shown).asString()).contains("value=\"0.25\"");
    }

    private static void compressed(String session, CompositionRun run) {
        String page = "/runs/" + run.id + "/result";
        AsBrowser.given(session)
                .formParam("rank", 6)
                .post(page + "/export")
                .then()
                .statusCode(303);
        await().atMost(SOON)
                .until(() -> AsBrowser.given(session).get(page).asString().contains("/exports/"));
    }

    @Test
    void groups_are_chosen_by_the_budget_and_kept_by_a_fork() {
        String groups = "settings.layer_groups";
        String large = start(Map.of("budget", 60))
                .then()
                .statusCode(201)
                .body(groups, equalTo("thirds"))
                .extract()
                .path("id");
        start(Map.of("budget", 60, "fork_of", large)).then().statusCode(201).body(groups, equalTo("thirds"));
        start(Map.of("budget", 60, "layer_groups", "none"))
                .then()
                .statusCode(201)
                .body(groups, nullValue());
        String small = start(Map.of("budget", 6))
                .then()
                .statusCode(201)
                .body(groups, nullValue())
                .extract()
                .path("id");
        start(Map.of("budget", 60, "fork_of", small)).then().statusCode(201).body(groups, nullValue());
    }

    @Test
    void settings_that_do_not_go_together_are_refused() {
        start(Map.of("layer_groups", "halves"))
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("layer_groups"))
                .body("causes[0].message", containsString("auto, none, stacks, thirds"));
        start(Map.of("layer_groups", "thirds", "composition", "factor"))
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString("exact composition"));
        start(Map.of("layer_groups", "thirds", "objective", "exact-match"))
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString("objective loss"));
        start(Map.of("population", 0)).then().statusCode(422).body("causes[0].message", containsString("1 to 64"));
        start(Map.of("population", 4, "strategy", "greedy"))
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("population"))
                .body("causes[0].message", containsString("default strategy"));
        start(Map.of("average", 1)).then().statusCode(422).body("causes[0].field", equalTo("average"));
    }
}
