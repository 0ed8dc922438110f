package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ComposePageTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Hub hub;
    private final DemoOnHub demo;
    private final ComposeDrafts drafts;
    private Person member;
    private String session;
    private List<String> candidates;

    ComposePageTest(Hub hub, DemoOnHub demo, ComposeDrafts drafts) {
        this.hub = hub;
        this.demo = demo;
        this.drafts = drafts;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past", "re", "plural");
    }

    private RequestSpecification form(String action) {
        return AsBrowser.given(session).multiPart("do", action);
    }

    private RequestSpecification filled(String action) {
        RequestSpecification form = form(action)
                .multiPart("title", "un-past")
                .multiPart("input", "lock")
                .multiPart("output", "unlocked")
                .multiPart("input", "fold")
                .multiPart("output", "unfolded");
        candidates.forEach(address ->
                form.multiPart("listed", address).multiPart("why", "Found").multiPart("candidate", address));
        return form;
    }

    private ComposeForm draft() {
        return QuarkusTransaction.requiringNew().call(() -> drafts.of(member).orElseThrow());
    }

    private ValidatableResponse page() {
        return AsBrowser.given(session).get("/compose").then().statusCode(200);
    }

    @Test
    void a_filled_form_starts_a_run_and_the_draft_goes() {
        String location = filled("start")
                .multiPart("budget", "8")
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
        page().body(not(containsString("unlocked")));
        AsBrowser.given(session)
                .get("/runs")
                .then()
                .statusCode(200)
                .body(containsString("un-past"))
                .body(containsString(id.toString()));
    }

    private static CompositionRun run(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    @Test
    void all_faults_come_at_once_beside_what_was_typed() {
        form("start")
                .multiPart("title", "")
                .multiPart("input", "only <b>input</b>")
                .multiPart("output", "")
                .multiPart("seed", "42b")
                .multiPart("budget", "5000")
                .multiPart("held_out", "no tab here")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("Give it a title"))
                .body(containsString("Example 1 needs an input and an output."))
                .body(containsString("Use a whole number, for example 42."))
                .body(containsString("The budget is 1 to 1,000 evaluations."))
                .body(containsString("Held-out examples, line 1"))
                .body(containsString("Pick at least one adapter"))
                .body(containsString("value=\"42b\""))
                .body(containsString("only &lt;b&gt;input&lt;/b&gt;"));

        page().body(containsString("42b"));
    }

    @Test
    void held_out_examples_must_be_new_ones() {
        filled("start")
                .multiPart("held_out", "lock\tunlocked\nbend\tunbended")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("One of them is also among the examples"));
    }

    @Test
    void pasted_rows_and_files_become_examples() {
        form("paste")
                .multiPart("pasted", "pack\tunpacked\ntie\tuntied")
                .multiPart(
                        "file",
                        "rows.jsonl",
                        "{\"input\":\"tie\",\"output\":\"untied\"}".getBytes(StandardCharsets.UTF_8))
                .post("/compose")
                .then()
                .statusCode(303)
                .header("Location", endsWith("/compose#task"));

        assertThat(draft().examples()).extracting(e -> e.output()).containsExactly("unpacked", "untied", "untied");
    }

    @Test
    void rows_that_cannot_be_read_stay_where_they_were_pasted() {
        for (String button : List.of("paste", "start")) {
            form(button)
                    .multiPart("pasted", "pack\tunpacked\na;b\nc;d")
                    .multiPart("find", "negation")
                    .post("/compose")
                    .then()
                    .statusCode(422)
                    .body(containsString("Pasted rows, line 2: a row needs an input and an output"))
                    .body(containsString("Pasted rows, line 3: a row needs"))
                    .body(containsString("\npack\tunpacked\na;b\nc;d</textarea>"))
                    .body(containsString("value=\"negation\""))
                    .body(not(containsString("Give a few examples")));
        }
        page().body(containsString("a;b"));
    }

    @Test
    void rows_that_were_only_pasted_count_as_examples_and_the_header_is_named() {
        RequestSpecification form = form("start")
                .multiPart("title", "un-past")
                .multiPart("pasted", "question,answer,id\nlock,unlocked,1\nfold,unfolded,2")
                .multiPart("budget", "4");
        candidates.forEach(a -> form.multiPart("listed", a).multiPart("candidate", a));
        ValidatableResponse started = form.post("/compose").then().statusCode(303);

        String location = started.extract().header("Location");
        assertThat(run(UUID.fromString(location.substring(location.lastIndexOf('/') + 1)))
                        .spec
                        .examples())
                .extracting(e -> e.output())
                .containsExactly("unlocked", "unfolded");
        AsBrowser.given(session)
                .cookie("lorahub_toast", started.extract().cookie("lorahub_toast"))
                .get("/runs")
                .then()
                .body(containsString("The first row was taken as the header: “question”, “answer”, “id”."))
                .body(containsString("Left out: “id”."));
    }

    @Test
    void a_file_that_is_too_large_is_refused_beside_its_field_and_the_title_stays() {
        form("start")
                .multiPart("title", "typed before")
                .multiPart("file", "rows.csv", "a,b\n".repeat(300_000).getBytes(StandardCharsets.UTF_8))
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("rows.csv has 1,200,000 bytes; at most 900,000 are read."))
                .body(containsString("typed before"));
        page().body(containsString("typed before"));
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
        page().body(containsString("Sets of weights tried, 1 to 1,000."));
    }

    @Test
    void a_script_asks_how_rows_are_understood() {
        AsBrowser.given(session)
                .formParam("pasted", "input\toutput\n\"two\nlines\"\tyes")
                .post("/compose/rows")
                .then()
                .statusCode(200)
                .body("examples[0].input", equalTo("two\nlines"))
                .body("notes[0]", containsString("header"))
                .body("faults", hasSize(0));
    }

    @Test
    void of_many_examples_all_but_five_are_held_out() {
        RequestSpecification form = form("split");
        for (int i = 0; i < 12; i++) form.multiPart("input", "word " + i).multiPart("output", "unword " + i);
        form.post("/compose").then().statusCode(303);

        assertThat(draft().examples()).hasSize(5);
        assertThat(draft().heldOut().lines()).hasSize(7);
    }

    @Test
    void adapters_are_found_by_words_and_by_tag() {
        form("find")
                .multiPart("find", candidates.get(0))
                .post("/compose")
                .then()
                .statusCode(303);
        assertThat(draft().candidates())
                .anySatisfy(c -> assertThat(c.address()).isEqualTo(candidates.get(0)))
                .noneMatch(ComposeForm.Candidate::chosen);

        form("tag").multiPart("tag", "spelling").post("/compose").then().statusCode(303);
        assertThat(draft().chosen()).isNotEmpty().hasSizeLessThanOrEqualTo(50);
    }

    @Test
    void the_hub_suggests_adapters_that_do_well_on_the_examples() {
        form("suggest").post("/compose").then().statusCode(422).body(containsString("Give examples with input"));
        form("suggest")
                .multiPart("base_model", "lorahub/demo-base")
                .multiPart("listed", candidates.get(0))
                .multiPart("why", "Found by prefix")
                .multiPart("listed", "no/such")
                .multiPart("why", "In the basket")
                .multiPart("input", "lock")
                .multiPart("output", "unlock")
                .multiPart("input", "happy")
                .multiPart("output", "unhappy")
                .post("/compose")
                .then()
                .statusCode(303);

        await().atMost(SOON).until(() -> {
            if (draft().suggestion().isPresent()) {
                form("suggested")
                        .multiPart("suggestion", draft().suggestion().get().toString())
                        .post("/compose");
            }
            return draft().suggestion().isEmpty();
        });
        assertThat(draft().candidates().get(0).address()).endsWith("/un");
        assertThat(draft().candidates().get(0).chosen()).isTrue();
        assertThat(draft().candidates().get(0).why()).startsWith("Alone: loss").contains("place 1 of ");
        assertThat(draft().candidates())
                .as("what was listed before is ranked with the others, in the version that was listed")
                .filteredOn(c -> c.address().equals(candidates.get(0)))
                .singleElement()
                .matches(ComposeForm.Candidate::chosen)
                .satisfies(c -> assertThat(c.why()).startsWith("Alone: loss"));
        assertThat(draft().candidates()).last().isEqualTo(new ComposeForm.Candidate("no/such", "In the basket", false));
    }

    @Test
    void a_suggestion_from_some_of_the_adapters_says_so() {
        Answer.Promise best = new Answer.Promise(1, "demo/un", "1.0.0", 0.5);
        assertThat(CandidateSuggestions.sentence(new Answer.Suggest(2, List.of(best), 200, 5000, List.of())))
                .contains("200 of 5,000 compatible adapters", "liked and downloaded most of late");
        assertThat(CandidateSuggestions.sentence(new Answer.Suggest(2, List.of(best), 23, 24, List.of("One failed."))))
                .startsWith("23 of 24 adapters were tried")
                .contains("the others could not be applied");
        assertThat(CandidateSuggestions.sentence(new Answer.Suggest(2, List.of(best), 24, 24, List.of())))
                .startsWith("All 24 compatible adapters were tried");
    }

    @Test
    void what_was_typed_is_kept_when_one_leaves() {
        form("").multiPart("title", "half done").post("/compose/draft").then().statusCode(204);

        page().body(containsString("half done"));
        AsBrowser.given(session).post("/compose/afresh").then().statusCode(303);
        page().body(not(containsString("half done")));
    }

    @Test
    void anonymous_are_led_to_the_sign_in() {
        AsBrowser.given().get("/compose").then().statusCode(303).header("Location", containsString("/signin"));
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
        assertThat(QuarkusTransaction.requiringNew().call(() -> drafts.of(member)))
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
                .body(containsString("<p class=\"described\">With a larger budget.</p>"));
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
