package io.lorahub.generation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.SqlStatements;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who can use which model over OpenAI's API, and how refusals look. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class OpenAiRightsTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns runs;
    private final SqlStatements statements;

    private Person owner;
    private Person other;
    private String un;
    private String past;

    OpenAiRightsTest(Hub hub, DemoOnHub demo, FinishedRuns runs, SqlStatements statements) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.statements = statements;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        other = hub.person(Role.MEMBER);
        List<String> addresses = demo.publish(owner, "un", "past");
        un = addresses.get(0);
        past = addresses.get(1);
    }

    private RequestSpecification as(Person person, Scope scope) {
        return given().auth().oauth2(hub.token(person, scope));
    }

    private static Response complete(RequestSpecification caller, String model) {
        return caller.contentType("application/json")
                .body(Map.of("model", model, "prompt", "lock", "temperature", 0))
                .post("/v1/completions");
    }

    private void change(Consumer<Adapter> change) {
        QuarkusTransaction.requiringNew()
                .run(() -> change.accept(Adapter.at(owner.name, "un").orElseThrow()));
    }

    @Test
    void visitors_can_use_public_adapters() {
        complete(given(), un).then().statusCode(200).body("choices[0].text", equalTo("unlock"));
    }

    @Test
    @Settings("lorahub.generation.visitors=false")
    void an_operator_can_ask_for_a_token() {
        for (Response answer :
                List.of(complete(given(), un), given().get("/v1/models"), given().get("/v1/models/" + un))) {
            answer.then().statusCode(401).body("error.code", equalTo("invalid_api_key"));
        }
        complete(as(other, Scope.GENERATE), un).then().statusCode(200);
    }

    @Test
    void a_token_that_is_not_valid_is_refused_as_clients_expect() {
        complete(given().auth().oauth2("lh_no-such-token"), un)
                .then()
                .statusCode(401)
                .contentType("application/json")
                .body("error.code", equalTo("invalid_api_key"))
                .body("error.type", equalTo("invalid_request_error"))
                .body("error.param", nullValue());
    }

    @Test
    void a_private_adapter_is_its_owners_and_for_others_as_if_it_did_not_exist() {
        change(adapter -> adapter.visibility = Visibility.PRIVATE);

        complete(as(owner, Scope.GENERATE), un).then().statusCode(200);
        for (RequestSpecification caller : List.of(given(), as(other, Scope.GENERATE))) {
            hidden(complete(caller, un));
        }
        hidden(complete(as(other, Scope.READ), past + "+" + un));
        hidden(complete(as(other, Scope.READ), un + ":0.5"));
        as(other, Scope.READ).get("/v1/models/" + un).then().statusCode(404);
        String missing = complete(given(), owner.name + "/xx").asString();
        assertThat(complete(given(), un).asString().replace(un, "")).isEqualTo(missing.replace(owner.name + "/xx", ""));
    }

    private static void hidden(Response answer) {
        answer.then()
                .statusCode(404)
                .body("error.code", equalTo("model_not_found"))
                .body("error.param", equalTo("model"));
    }

    @Test
    void what_was_taken_down_is_hidden_from_others() {
        change(adapter -> {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Its licence.";
        });

        hidden(complete(as(other, Scope.WRITE), un));
        complete(as(owner, Scope.WRITE), un).then().statusCode(200);
    }

    @Test
    void a_banned_member_s_token_is_no_longer_valid() {
        RequestSpecification caller = as(other, Scope.GENERATE);
        QuarkusTransaction.requiringNew().run(() -> {
            Person banned = Person.findById(other.id);
            banned.bannedAt = Instant.now();
            banned.banReason = "Spam.";
        });

        complete(caller, un).then().statusCode(401).body("error.code", equalTo("invalid_api_key"));
    }

    @Test
    void tokens_of_all_scopes_can_have_texts_written() {
        for (Scope scope : List.of(Scope.GENERATE, Scope.READ, Scope.WRITE)) {
            complete(as(other, scope), un).then().statusCode(200);
        }
    }

    @Test
    void models_are_named_by_version_base_model_mix_and_run() {
        RequestSpecification anyone = given();
        for (String model :
                List.of(un, un + "@1.0.0", DemoHub.BASE_MODEL, un + ":1.08+" + past + ":-0.5", un + ":1/0.5/2e-1")) {
            anyone.urlEncodingEnabled(false)
                    .get("/v1/models/" + model)
                    .then()
                    .statusCode(200)
                    .body("id", equalTo(model))
                    .body("object", equalTo("model"));
        }
        given().get("/v1/models/{model}", un).then().statusCode(200).body("owned_by", equalTo(owner.name));
        for (String model : List.of(un + "@9.9.9", "runs/x", "nobody/" + un, un + "+", "x")) {
            hidden(complete(given(), model));
        }
        for (String model : List.of(un + ":x", un + ":1/2", un + ":101", un + "+" + un)) {
            complete(given(), model).then().statusCode(400).body("error.param", equalTo("model"));
        }
    }

    @Test
    void a_mix_of_too_many_adapters_is_refused_before_any_is_looked_up() {
        String model = String.join("+", Collections.nCopies(51, "nobody/un"));
        String why = "These are 51 adapters; at most 50 are allowed.";

        complete(given(), model)
                .then()
                .statusCode(400)
                .body("error.message", equalTo(why))
                .body("error.param", equalTo("model"));
        given().urlEncodingEnabled(false)
                .get("/v1/models/" + model)
                .then()
                .statusCode(400)
                .body("error.message", equalTo(why));
        given().queryParam("model", model).get("/try").then().body(containsString(why));
    }

    @Test
    void the_adapters_of_a_mix_are_looked_up_together() {
        Person another = hub.person(Role.MEMBER);
        List<String> others = demo.publish(another, "un", "past");
        String two = un + "+" + others.get(0);
        String four = String.join("+", un, past, others.get(0), others.get(1));

        long ofTwo = statements.of(() -> model(two));
        long ofFour = statements.of(() -> model(four));

        assertThat(ofFour).isLessThanOrEqualTo(ofTwo + 2);
    }

    private static void model(String name) {
        given().urlEncodingEnabled(false).get("/v1/models/" + name).then().statusCode(200);
    }

    @Test
    void the_list_reads_no_cards() {
        assertThat(statements.loaded(
                        Adapter.class, () -> assertThat(listed(owner).size()).isGreaterThan(2)))
                .as("apart from one that something else may need meanwhile")
                .isLessThan(2);
    }

    @Test
    void a_run_s_result_is_a_model_for_those_who_see_the_run() {
        CompositionRun run = runs.over(owner, 0, List.of(un, past));
        String model = "runs/" + run.id;

        complete(as(owner, Scope.GENERATE), model).then().statusCode(200);
        hidden(complete(as(other, Scope.GENERATE), model));
        QuarkusTransaction.requiringNew().run(() -> CompositionRun.<CompositionRun>findById(run.id).shared = true);
        complete(as(other, Scope.GENERATE), model).then().statusCode(200);
        change(adapter -> {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Its licence.";
        });
        complete(as(other, Scope.GENERATE), model)
                .then()
                .statusCode(403)
                .body("error.message", containsString("Moderators took down"));
    }

    @Test
    void the_list_has_what_the_caller_can_see_in_pages() {
        change(adapter -> adapter.visibility = Visibility.PRIVATE);

        assertThat(listed(owner)).contains(un, past, DemoHub.BASE_MODEL);
        assertThat(listed(other)).contains(past).doesNotContain(un);
        Response page = as(owner, Scope.GENERATE).get("/v1/models?limit=1&after=" + un);
        page.then().body("data.id", equalTo(List.of(past)));
        assertThat(as(owner, Scope.GENERATE)
                        .get("/v1/models?limit=1&after=" + DemoHub.BASE_MODEL)
                        .<List<String>>path("data.id"))
                .doesNotContain(DemoHub.BASE_MODEL)
                .hasSize(1);
        as(other, Scope.GENERATE)
                .get("/v1/models?after=" + un)
                .then()
                .statusCode(404)
                .body("error.message", equalTo("There is no model '%s', or you can't see it.".formatted(un)));
        given().get("/v1/models?limit=0").then().statusCode(400).body("error.param", equalTo("limit"));
    }

    @Test
    void visitors_send_the_key_none_where_a_client_wants_one() {
        complete(given().auth().oauth2("none"), past).then().statusCode(200);
        complete(given().auth().oauth2("nobody"), past)
                .then()
                .statusCode(401)
                .body("error.message", containsString("Visitors, where they are allowed, send the key none."));
        given().auth().oauth2("none").get("/api/v1/me").then().statusCode(401);
    }

    /** Of all pages. */
    private List<String> listed(Person caller) {
        List<String> ids = new ArrayList<>();
        boolean more;
        do {
            String after = ids.isEmpty() ? "" : "?after=" + ids.get(ids.size() - 1);
            Response page = as(caller, Scope.GENERATE).get("/v1/models" + after);
            page.then().statusCode(200).body("object", equalTo("list"));
            ids.addAll(page.<List<String>>path("data.id"));
            more = page.path("has_more");
        } while (more);
        return ids;
    }

    @Test
    void errors_of_the_framework_have_the_same_form() {
        given().get("/v1/embeddings").then().statusCode(404).body("error.code", equalTo("unknown_url"));
        given().get("/v1/completions").then().statusCode(405).body("error.type", equalTo("invalid_request_error"));
        given().contentType("application/json")
                .body("{")
                .post("/v1/completions")
                .then()
                .statusCode(400)
                .body("error.message", containsString("not JSON"));
        given().contentType("text/plain")
                .body("x")
                .post("/v1/completions")
                .then()
                .statusCode(415);
    }
}
