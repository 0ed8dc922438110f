package io.lorahub.composition.merge;

import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MergeRefusalsTest extends MergeFixture {

    MergeRefusalsTest(Hub hub, DemoOnHub demo) {
        super(hub, demo);
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
}
