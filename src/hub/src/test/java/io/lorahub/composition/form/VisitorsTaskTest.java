package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.account.Secret;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.VisitorCookie;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A task of somebody who isn't signed in: small, theirs alone, and kept once they have an account. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class VisitorsTaskTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String COOKIE = "lorahub_visitor";

    private final Hub hub;
    private final DemoOnHub demo;
    private final CompositionConfig limits;
    private final EntityManager entities;
    private String visitor = Secret.random("").text();
    private List<String> candidates;

    VisitorsTaskTest(Hub hub, DemoOnHub demo, CompositionConfig limits, EntityManager entities) {
        this.hub = hub;
        this.demo = demo;
        this.limits = limits;
        this.entities = entities;
    }

    @BeforeEach
    void publish() {
        forget(); // what visitors of other tests have started
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past", "re");
    }

    @AfterEach
    void forget() {
        sql("delete from visitor_start");
    }

    private void sql(String text) {
        QuarkusTransaction.requiringNew()
                .run(() -> entities.createNativeQuery(text).executeUpdate());
    }

    private long started() {
        return QuarkusTransaction.requiringNew()
                .call(() -> (Long) entities.createNativeQuery("select count(*) from visitor_start", Long.class)
                        .getSingleResult());
    }

    private RequestSpecification browser() {
        return AsBrowser.given().cookie(COOKIE, visitor);
    }

    private RequestSpecification form(String action) {
        return browser().multiPart("do", action);
    }

    private RequestSpecification small() {
        return filled("start").multiPart("budget", "6");
    }

    private RequestSpecification filled(String action) {
        RequestSpecification form = form(action)
                .multiPart("title", "a visitor's")
                .multiPart("base_model", DemoHub.BASE_MODEL)
                .multiPart("input", "lock")
                .multiPart("output", "unlocked");
        candidates.forEach(address -> form.multiPart("listed", address).multiPart("candidate", address));
        return form;
    }

    private static UUID run(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(303);
        String location = answer.header("Location");
        return UUID.fromString(location.substring(location.lastIndexOf('/') + 1));
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    private static void awaitEnd(UUID id) {
        await().atMost(SOON).until(() -> stored(id).state.isEnded());
        assertThat(stored(id).state).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_task_is_composed_seen_by_its_browser_alone_and_kept_on_sign_in() {
        Response begun = AsBrowser.given()
                .multiPart("do", "add")
                .multiPart("title", "half done")
                .post("/compose");
        assertThat(begun.statusCode()).isEqualTo(303);
        visitor = begun.cookie(COOKIE);
        browser()
                .get("/compose")
                .then()
                .statusCode(200)
                .body(containsString("half done"))
                .body(containsString("You don’t need an account for a small task."))
                .body(containsString("Up to 10 examples"))
                .body(not(containsString("name=\"strategy\"")));

        UUID id = run(small().post("/compose"));
        awaitEnd(id);

        assertThat(stored(id).person).isNull();
        assertThat(stored(id).expiresAt).isNotNull();
        browser().get("/compose").then().body(not(containsString("half done")));
        browser()
                .get("/runs/" + id + "/result")
                .then()
                .statusCode(200)
                .body(containsString("Only you can see this run, in this browser."))
                .body(containsString("/register?next=/runs/" + id + "/result"));
        browser().get("/runs").then().statusCode(200).body(containsString("a visitor&#39;s"));
        AsBrowser.given().get("/runs/" + id + "/result").then().statusCode(404);
        AsBrowser.given()
                .cookie(COOKIE, Secret.random("").text())
                .get("/runs/" + id)
                .then()
                .statusCode(404);

        Person member = hub.person(Role.MEMBER);
        browser()
                .formParam("name", member.name)
                .formParam("password", Hub.PASSWORD)
                .post("/signin");
        assertThat(stored(id).person.id).isEqualTo(member.id);
        assertThat(stored(id).expiresAt).isNull();
    }

    @Test
    void typed_text_becomes_the_draft_of_the_account_that_the_browser_signs_in_to() {
        Person member = hub.person(Role.MEMBER);
        AsBrowser.given(hub.session(member))
                .multiPart("title", "of last week")
                .post("/compose/draft")
                .then()
                .statusCode(204);
        String cookie = AsBrowser.given()
                .multiPart("title", "of a visitor")
                .post("/compose/draft")
                .then()
                .statusCode(204)
                .extract()
                .cookie(COOKIE);
        AsBrowser.given().get("/compose").then().body(not(containsString("of a visitor")));

        AsBrowser.given()
                .cookie(COOKIE, cookie)
                .formParam("name", member.name)
                .formParam("password", Hub.PASSWORD)
                .post("/signin")
                .then()
                .statusCode(303);

        AsBrowser.given(hub.session(member))
                .get("/compose")
                .then()
                .body(containsString("of a visitor"))
                .body(not(containsString("of last week")));
        AsBrowser.given().cookie(COOKIE, cookie).get("/compose").then().body(not(containsString("of a visitor")));
    }

    @Test
    void what_is_too_large_without_an_account_is_said_at_once_and_starts_nothing() {
        RequestSpecification form = filled("start").multiPart("held_out", "a".repeat(501) + "\tb");
        for (int i = 0; i < limits.visitor().examples(); i++) {
            form.multiPart("input", "word" + i).multiPart("output", "unword" + i);
        }

        form.multiPart("budget", "101")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("Without an account, a run can have 10 examples; this one has 11."))
                .body(containsString("500 characters in an input or output; this one has 501."));
        assertThat(started()).isZero();

        AsBrowser.given(hub.session(hub.person(Role.MEMBER)))
                .get("/compose")
                .then()
                .body(not(containsString("Without an account")))
                .body(not(containsString("You don’t need an account")));
    }

    @Test
    @Settings("lorahub.composition.per-day-by-address=1")
    void runs_of_one_address_are_counted_even_if_they_are_deleted() {
        UUID id = run(small().post("/compose"));
        awaitEnd(id);
        browser().post("/runs/" + id + "/delete").then().statusCode(303);
        assertThat(stored(id)).isNull();
        assertThat(started()).isOne();

        Response refused = small().post("/compose");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.asString())
                .contains(
                        "The limit for visitors from your network address is 1 run in 24 hours.",
                        "can start 0 more today")
                .contains("a visitor&#39;s");
    }

    @Test
    @Settings("lorahub.composition.visitor.search-time=PT0.001S")
    void a_search_that_takes_too_long_ends_with_the_best_so_far() {
        UUID id = run(filled("start").multiPart("budget", "100").post("/compose"));
        awaitEnd(id);

        assertThat(stored(id).spent).isBetween(1, 99);
        assertThat(stored(id).result.path("interrupted").asBoolean()).isTrue();
        browser()
                .get("/runs/" + id)
                .then()
                .body(containsString("as long as one without an account can"))
                .body(containsString("ended early: the time limit without an account ended it"));
    }

    @Test
    void only_members_show_runs_to_others() {
        UUID id = run(small().post("/compose"));
        awaitEnd(id);

        browser()
                .formParam("shared", "true")
                .post("/runs/" + id + "/share")
                .then()
                .statusCode(303)
                .header("Location", containsString("/signin"));
        assertThat(stored(id).shared).isFalse();
        browser().get("/runs/" + id).then().body(not(containsString("Share by link")));
    }

    @Test
    void a_run_is_repeated_with_a_larger_budget() {
        UUID id = run(small().post("/compose"));
        awaitEnd(id);

        UUID again = run(browser().formParam("budget", "12").post("/runs/" + id + "/again"));

        awaitEnd(again);
        assertThat(stored(again).budget).isEqualTo(12);
        assertThat(QuarkusTransaction.requiringNew().call(() -> RunOwner.of(CompositionRun.findById(again))))
                .isEqualTo(RunOwner.visitor(VisitorCookie.hash(new Secret(visitor))));
        browser()
                .formParam("budget", "500")
                .post("/runs/" + id + "/again")
                .then()
                .statusCode(422)
                .body(containsString("a run can have 100 evaluations; this one has 500."));
    }

    @Test
    void an_address_has_no_more_than_its_latest_drafts() {
        for (int i = 0; i < 25; i++) {
            AsBrowser.given().multiPart("title", "draft " + i).post("/compose/draft");
        }

        List<String> titles = QuarkusTransaction.requiringNew()
                .call(() -> ComposeDraft.<ComposeDraft>list("visitor is not null").stream()
                        .map(draft -> draft.form.title)
                        .toList());
        assertThat(titles).hasSize(20).contains("draft 24").doesNotContain("draft 0");
    }
}
