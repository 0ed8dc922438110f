package io.lorahub.composition.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MergesTest {

    private static final String API = "/api/v1/merges";
    private static final String PAGE = "/compose/merge";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Hub hub;
    private final DemoOnHub demo;
    private Person member;
    private String token;
    private List<String> adapters;

    @TempDir
    Path folder;

    MergesTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        token = hub.token(member, Scope.WRITE);
        adapters = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private RequestSpecification program() {
        return RestAssured.given().auth().oauth2(token).contentType(ContentType.JSON);
    }

    private Map<String, Object> body(Object... more) {
        return body(adapters, more);
    }

    private static Map<String, Object> body(List<String> adapters, Object... more) {
        List<Map<String, Object>> candidates = new ArrayList<>();
        double weight = 0.7;
        for (String adapter : adapters) {
            candidates.add(Map.of("adapter", adapter, "weight", weight));
            weight = -0.4;
        }
        Map<String, Object> body = new HashMap<>(Map.of("candidates", candidates));
        for (int i = 0; i < more.length; i += 2) body.put((String) more[i], more[i + 1]);
        return body;
    }

    private Response done(Map<String, Object> body) {
        Response created = program().body(body).post(API);
        created.then().statusCode(201);
        String location = created.header("Location").replaceFirst("^https?://[^/]+", "");
        await().atMost(SOON)
                .until(() -> List.of("succeeded", "failed")
                        .contains(program().get(location).path("state")));
        return program().get(location);
    }

    private Map<String, byte[]> files(Response zip) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip.asByteArray()))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
                Files.write(
                        folder.resolve(entry.getName().substring(entry.getName().indexOf('/') + 1)),
                        files.get(entry.getName()));
            }
        }
        return files;
    }

    @Test
    void the_exact_sum_is_the_default() throws IOException {
        Response merge = done(body());

        merge.then()
                .body("state", equalTo("succeeded"))
                .body("method", equalTo("cat"))
                .body("candidates[0].adapter", equalTo(adapters.get(0) + "@1.0.0"))
                .body("candidates[1].weight", equalTo(-0.4f))
                .body("relative_error", equalTo(0f))
                .body("density", nullValue());
        Map<String, byte[]> files = files(program().get(merge.<String>path("zip")));
        assertThat(files.keySet())
                .containsExactlyInAnyOrder(
                        "merge-cat/adapter_config.json",
                        "merge-cat/adapter_model.safetensors",
                        "merge-cat/recipe.json");
        int rank = merge.path("rank");
        try (LoraAdapter written = LoraAdapter.load("merged", folder)) {
            assertThat(written.modules())
                    .isNotEmpty()
                    .allSatisfy((name, module) -> assertThat(module.rank()).isEqualTo(rank));
        }
        JsonNode recipe = new ObjectMapper().readTree(files.get("merge-cat/recipe.json"));
        assertThat(recipe.at("/adapters/1/weight").asDouble()).isEqualTo(-0.4);
        assertThat(recipe.toString()).doesNotContain("\"path\"");
    }

    @Test
    void every_method_works_with_the_parameters_that_it_uses() throws IOException {
        for (MergeMethod method : MergeMethod.values()) {
            Map<String, Object> body = body("method", method.toString());
            if (method.prunes()) body.put("density", 0.5);
            if (method.electsSigns()) body.put("majority_sign_method", "frequency");
            if (method.isRandom()) body.put("seed", 7);

            Response merge = done(body);

            merge.then().body("failure", nullValue()).body("state", equalTo("succeeded"));
            if (method == MergeMethod.DARE_TIES) {
                merge.then().body("seed", equalTo(7)).body("majority_sign_method", equalTo("frequency"));
                Map<String, byte[]> files = files(program().get(merge.<String>path("zip")));
                assertThat(new String(files.get("merge-dare_ties/README.md")))
                        .contains("`dare_ties`", "density 0.5", "seed 7");
            }
        }
    }

    @Test
    void the_rank_compresses_the_result_and_the_error_is_stated() {
        Response merge = done(body("rank", 2));

        merge.then().body("rank", equalTo(2));
        assertThat(merge.<Integer>path("lossless_rank")).isGreaterThan(2);
        assertThat(merge.<Number>path("relative_error").doubleValue()).isBetween(0.001, 1.0);
    }

    @Test
    void everything_wrong_is_said_at_once() {
        program()
                .body(body(
                        List.of(adapters.get(0), "nobody/nothing"),
                        "method",
                        "ties",
                        "majority_sign_method",
                        "most",
                        "seed",
                        7,
                        "rank",
                        0,
                        "colour",
                        "red"))
                .post(API)
                .then()
                .statusCode(422)
                .body(
                        "causes.message",
                        allOf(
                                hasItem("There is no adapter nobody/nothing."),
                                hasItem(containsString("needs the density")),
                                hasItem("Use one of total, frequency (got “most”)."),
                                hasItem(containsString("uses no seed")),
                                hasItem("The rank is 1 to 4,096."),
                                hasItem("There is no such field.")));
        refused(body("method", "average"), "Use one of cat, linear, svd");
        refused(body("seed", 1.5, "method", "dare_linear", "density", 0.5), "Use a whole number");
        refused(body("density", 1.5, "method", "ties"), "above 0 and at most 1");
        refused(body("density", 0.5), "The method cat uses no density");
        refused(body(List.of(adapters.get(0))), "Pick at least two adapters");
        refused(body(List.of(adapters.get(0), adapters.get(0))), "is picked twice");
        refused(
                Map.of("candidates", List.of(Map.of("adapter", adapters.get(0)))),
                "Each candidate needs adapter and weight.");
        refused(
                Map.of(
                        "candidates",
                        List.of(
                                Map.of("adapter", adapters.get(0), "weight", 0),
                                Map.of("adapter", adapters.get(1), "weight", 0))),
                "All weights are 0");
        refused(
                Map.of(
                        "candidates",
                        List.of(
                                Map.of("adapter", adapters.get(0), "weight", 1e9),
                                Map.of("adapter", adapters.get(1), "weight", 1))),
                "A weight is a number from −100 to 100.");
    }

    private void refused(Map<String, Object> body, String why) {
        program().body(body).post(API).then().statusCode(422).body("causes.message", hasItem(containsString(why)));
    }

    @Test
    void adapters_of_other_models_and_of_others_are_refused() {
        List<String> causal = demo.publishCausal(member, "merges/decoder", Reference.path("causal/models/llama"));
        refused(body(List.of(adapters.get(0), causal.get(0))), "Only adapters for the same base model");
        String other = adapters.get(1);
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.at(other.split("/")[0], "past").orElseThrow().visibility = Visibility.PRIVATE);
        refused(body(), "There is no adapter " + other + ".");
    }

    @Test
    void different_ranks_are_refused_before_the_start_or_by_the_worker() {
        List<String> causal = demo.publishCausal(member, "merges/decoder", Reference.path("causal/models/llama"));
        done(body(causal, "method", "linear"))
                .then()
                .body("state", equalTo("failed"))
                .body("failure", containsString("needs equal ranks"));
        QuarkusTransaction.requiringNew().run(() -> {
            rank("a", 4);
            rank("b", 3);
        });
        refused(body(causal, "method", "linear"), "has the rank 4 in model.layers.0.self_attn.q_proj, and");
        done(body(causal, "method", "svd")).then().body("state", equalTo("succeeded"));
    }

    private void rank(String adapter, int rank) {
        Adapter.at(member.name, adapter).orElseThrow().newest().facts = new ObjectMapper()
                .valueToTree(Map.of(
                        "layers",
                        List.of(Map.of("module", "model.layers.0.self_attn.q_proj", "rank", rank, "norm", 1))));
    }

    @Test
    void a_repeated_request_with_the_same_key_begins_nothing_new() {
        String first =
                program().header("Idempotency-Key", "k1").body(body()).post(API).path("id");

        program()
                .header("Idempotency-Key", "k1")
                .body(body())
                .post(API)
                .then()
                .statusCode(201)
                .body("id", equalTo(first));
        program()
                .header("Idempotency-Key", "k1")
                .body(body("rank", 3))
                .post(API)
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("Idempotency-Key"));
    }

    @Test
    void only_whoever_asked_can_see_it() {
        String id = done(body()).path("id");
        String other = hub.token(hub.person(Role.ADMIN), Scope.ADMINISTER);

        for (String path : List.of(API + "/" + id, API + "/" + id + "/zip")) {
            RestAssured.given().get(path).then().statusCode(401);
            RestAssured.given().auth().oauth2(other).get(path).then().statusCode(404);
        }
        AsBrowser.given().get(PAGE + "/" + id).then().statusCode(404);
        AsBrowser.given().get(PAGE + "/" + id + "/adapter.zip").then().statusCode(404);
        RestAssured.given()
                .contentType(ContentType.JSON)
                .body(body())
                .post(API)
                .then()
                .statusCode(401);
        RestAssured.given()
                .auth()
                .oauth2(hub.token(member, Scope.READ))
                .contentType(ContentType.JSON)
                .body(body())
                .post(API)
                .then()
                .statusCode(403);
    }

    @Test
    void a_member_merges_the_candidates_on_the_page() {
        String session = hub.session(member);
        var cookies = AsBrowser.given(session)
                .formParam("adapter", adapters)
                .post("/candidates/add")
                .cookies();
        AsBrowser.given(session)
                .cookies(cookies)
                .get("/candidates")
                .then()
                .body(containsString("href=\"/compose/merge\""));
        AsBrowser.given(session)
                .cookies(cookies)
                .get(PAGE)
                .then()
                .statusCode(200)
                .body(containsString("Weight of " + adapters.get(0)), containsString("dare_ties_svd"));

        AsBrowser.given(session)
                .formParam("candidate", adapters)
                .formParam("weight", List.of("0,7", "much"))
                .formParam("method", "ties")
                .formParam("density", "")
                .post(PAGE)
                .then()
                .statusCode(422)
                .body(
                        containsString("Use numbers such as 0.75."),
                        containsString("needs the density"),
                        containsString("value=\"much\""));

        Response sent = AsBrowser.given(session)
                .formParam("candidate", adapters)
                .formParam("weight", List.of("0,7", "-0.4"))
                .formParam("method", "ties")
                .formParam("density", "0.5")
                .formParam("majority_sign_method", "")
                .formParam("seed", "")
                .formParam("rank", "")
                .post(PAGE);
        sent.then().statusCode(303);
        String page = sent.header("Location").replaceFirst("^https?://[^/]+", "");
        await().atMost(SOON)
                .until(() -> AsBrowser.given(session).get(page).asString().contains("adapter.zip"));
        AsBrowser.given(session)
                .get(page)
                .then()
                .body(containsString("-0.4"), not(containsString("waiting for a worker")));
        AsBrowser.given(session)
                .get(page + "/adapter.zip")
                .then()
                .statusCode(200)
                .header("Content-Disposition", containsString("merge-ties.zip"))
                .header("Cache-Control", "private, no-cache");
    }

    @Test
    void a_visitor_merges_too_and_finds_it_by_a_cookie() {
        Response sent = AsBrowser.given()
                .formParam("candidate", adapters)
                .formParam("weight", List.of("1", "1"))
                .formParam("method", "cat")
                .post(PAGE);

        sent.then().statusCode(303);
        String page = sent.header("Location").replaceFirst("^https?://[^/]+", "");
        await().atMost(SOON)
                .until(() -> AsBrowser.given()
                        .cookies(sent.cookies())
                        .get(page)
                        .asString()
                        .contains("adapter.zip"));
        AsBrowser.given().get(page).then().statusCode(404);
    }
}
