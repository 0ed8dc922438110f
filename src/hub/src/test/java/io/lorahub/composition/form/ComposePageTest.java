package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ComposePageTest extends ComposeFormSending {

    ComposePageTest(Hub hub, DemoOnHub demo, ComposeDrafts drafts) {
        super(hub, demo, drafts);
    }

    @Test
    void a_filled_form_starts_a_run_and_the_draft_goes() {
        String location = filled("start")
                .multiPart("budget", "8")
                .multiPart("patience", "5")
                .post("/compose")
                .then()
                .statusCode(303)
                .header("Location", containsString("/runs/"))
                .extract()
                .header("Location");

        UUID id = UUID.fromString(location.substring(location.lastIndexOf('/') + 1));
        await().atMost(SOON).until(() -> run(id).state.isEnded());
        assertThat(run(id).state).isEqualTo(RunState.SUCCEEDED);
        assertThat(run(id).budget).isEqualTo(8);
        assertThat(run(id).spec.patience()).isEqualTo(5);
        page().body(not(containsString("unlocked")));
        AsBrowser.given(session)
                .get("/runs")
                .then()
                .statusCode(200)
                .body(containsString("un-past"))
                .body(containsString(id.toString()));
    }

    @Test
    void all_faults_come_at_once_beside_what_was_typed() {
        form("start")
                .multiPart("title", "")
                .multiPart("input", "only <b>input</b>")
                .multiPart("output", "")
                .multiPart("seed", "42b")
                .multiPart("budget", "5000")
                .multiPart("patience", "0")
                .multiPart("held_out", "no tab here")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(not(containsString("f-title-error"))) // examples make one
                .body(containsString("Example 1 needs an input and an output."))
                .body(containsString("Use a whole number, for example 42."))
                .body(containsString("The budget is 1 to 1,000 evaluations."))
                .body(containsString("The patience is at least 1 evaluation; leave it empty for none."))
                .body(containsString("Held-out examples, line 1"))
                .body(containsString("Pick at least one adapter"))
                .body(containsString("value=\"42b\""))
                .body(containsString("only &lt;b&gt;input&lt;/b&gt;"));

        page().body(containsString("42b"));
    }

    @Test
    void a_wrong_budget_hides_neither_bounds_nor_preference() {
        filled("start")
                .multiPart("budget", "5000")
                .multiPart("lower", "2")
                .multiPart("upper", "1")
                .multiPart("l1", "-1")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("The budget is 1 to 1,000 evaluations."))
                .body(containsString("The lower bound 2.0 must be below the upper bound 1.0."))
                .body(containsString("The strength of the regularisation must not be -1.0."))
                .body(containsString("<dd data-search>–</dd>"));
        page().body(containsString("1 to 1,000 evaluations: one for each set of weights"));
    }

    @Test
    void typed_text_is_kept_when_leaving_the_page() {
        form("").multiPart("title", "half done").post("/compose/draft").then().statusCode(204);

        page().body(containsString("half done"));
        AsBrowser.given(session).post("/compose/afresh").then().statusCode(303);
        page().body(not(containsString("half done")));
    }

    @Test
    void typed_text_survives_the_session() {
        AsBrowser.given()
                .multiPart("do", "start")
                .multiPart("title", "half done")
                .multiPart("input", "happy")
                .multiPart("output", "unhappy")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("You don’t need an account for a small task."))
                .body(containsString("value=\"half done\""))
                .body(containsString("unhappy"));
    }

    @Test
    void a_run_is_repeated_with_changes_from_its_evaluations() {
        String first = filled("start")
                .multiPart("budget", "8")
                .post("/compose")
                .then()
                .statusCode(303)
                .extract()
                .header("Location");
        String id = first.substring(first.lastIndexOf('/') + 1);
        await().atMost(SOON).until(() -> run(UUID.fromString(id)).state.isEnded());

        AsBrowser.given(session)
                .get("/compose?from=" + id + "&known=2")
                .then()
                .statusCode(200)
                .body(containsString("Repeats a run"))
                .body(containsString("unlocked"))
                .body(containsString(id));
        assertThat(QuarkusTransaction.requiringNew().call(() -> drafts.of(RunOwner.member(member))))
                .as("a link alone changes no draft")
                .isEmpty();
        RequestSpecification form = form("start")
                .multiPart("from", id)
                .multiPart("known", "2")
                .multiPart("title", "longer")
                .multiPart("description", "With a larger budget.")
                .multiPart("budget", "12");
        run(UUID.fromString(id))
                .spec
                .examples()
                .forEach(e -> form.multiPart("input", e.input()).multiPart("output", e.output()));
        candidates.forEach(a -> form.multiPart("listed", a).multiPart("candidate", a));
        String second = form.post("/compose").then().statusCode(303).extract().header("Location");

        CompositionRun fork = run(UUID.fromString(second.substring(second.lastIndexOf('/') + 1)));
        assertThat(fork.forkEvaluations).isEqualTo(2);
        AsBrowser.given(session)
                .get("/runs/" + fork.id)
                .then()
                .body(containsString("<p class=\"described\">With a larger budget.</p>"))
                .body(matchesPattern("(?s).*Forked from\\s+<a href=\"/runs/%s\">.*".formatted(id)));
        await().atMost(SOON).until(() -> run(fork.id).state.isEnded());
        AsBrowser.given(session)
                .get("/runs/" + fork.id)
                .then()
                .body(matchesPattern("(?s).*2 points taken over, of\\s+2\\s+that\\s+could be.*"));
        AsBrowser.given(session)
                .get("/runs/compare?run=" + id + "&run=" + fork.id)
                .then()
                .statusCode(200)
                .body(containsString("<strong>12</strong>"));
    }

    @Test
    void a_visitor_needs_a_prepared_task() {
        AsBrowser.given()
                .formParam("task", "un-past")
                .post("/compose/demo")
                .then()
                .statusCode(422)
                .body(containsString("Pick at least one adapter"));
        AsBrowser.given()
                .formParam("task", "no-such")
                .post("/compose/demo")
                .then()
                .statusCode(404);
        AsBrowser.given().get("/compose/demo").then().statusCode(200).body(startsWith("<!doctype html>"));
    }
}
