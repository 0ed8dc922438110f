package io.lorahub.composition.worker;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.audit.AuditEntry;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The workers and the queue, as an admin sees them; no worker takes anything here. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class WorkersPageTest {

    private static final String PAGE = "/admin/workers";
    private static final String API = "/api/v1/admin";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunStates states;
    private final PoolRows pool;
    private Person admin;
    private Person member;
    private List<String> candidates;

    WorkersPageTest(Hub hub, DemoOnHub demo, RunStates states, PoolRows pool) {
        this.hub = hub;
        this.demo = demo;
        this.states = states;
        this.pool = pool;
    }

    /** A worker of another test would take them all. */
    @AfterEach
    void end() {
        pool.clear();
    }

    @BeforeEach
    void begin() {
        pool.clear();
        admin = hub.person(Role.ADMIN);
        member = hub.person(Role.MEMBER);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private UUID start(RunOwner owner, String title) {
        return pool.waiting(owner, title, candidates);
    }

    private RequestSpecification browser() {
        return AsBrowser.given(hub.session(admin));
    }

    private RequestSpecification api() {
        return given().auth().oauth2(hub.token(admin, Scope.ADMINISTER)).contentType(ContentType.JSON);
    }

    private List<String> audited() {
        return QuarkusTransaction.requiringNew()
                .call(() -> AuditEntry.<AuditEntry>list("actor", admin.name).stream()
                        .map(entry -> entry.action)
                        .toList());
    }

    @Test
    void only_admins_may_see_and_change_it() {
        AsBrowser.given(hub.session(hub.person(Role.MODERATOR)))
                .get(PAGE)
                .then()
                .statusCode(403);
        given().auth()
                .oauth2(hub.token(member, Scope.WRITE))
                .get(API + "/workers")
                .then()
                .statusCode(403);
        given().get(API + "/queue").then().statusCode(401);
    }

    @Test
    void an_empty_pool_says_what_to_do() {
        browser()
                .get(PAGE)
                .then()
                .statusCode(200)
                .body(containsString("No workers"))
                .body(containsString("lorahub worker --device"))
                .body(containsString("No runs"))
                .body(not(containsString("Recently failed")));
    }

    @Test
    void a_lost_worker_is_shown_since_when_and_what_became_of_its_runs() {
        pool.worker("w-lost", "cpu", 2, "5 minutes");
        UUID left = start(RunOwner.member(member), "left");
        UUID taken = start(RunOwner.member(member), "taken");
        for (UUID run : List.of(left, taken)) states.take(run).orElseThrow();
        pool.sql("update composition_run set worker = 'w-lost' where id = '%s'".formatted(left));

        browser()
                .get(PAGE)
                .then()
                .body(containsString("Lost"))
                .body(containsString("5 minutes ago"))
                .body(containsString("1 to be taken over"))
                .body(not(containsString("2 of 2")));
        api().get(API + "/workers")
                .then()
                .body("find { it.name == 'w-lost' }.state", equalTo("LOST"))
                .body("find { it.name == 'w-lost' }.running", equalTo(1))
                .body("find { it.name == 'w-lost' }.taken_over", equalTo(1))
                .body("find { it.name == 'w-lost' }.lost_since", notNullValue());
        pool.sql("update composition_run set worker = 'other' where id = '%s'".formatted(left));
        browser().get(PAGE).then().body(containsString("2 taken over"));
    }

    @Test
    void a_worker_is_drained_and_undrained_and_the_log_has_it() {
        pool.worker("w-1", "cpu", 1, "0");

        browser().formParam("name", "w-1").post(PAGE + "/drain").then().statusCode(303);
        browser().get(PAGE).then().body(containsString("Draining")).body(containsString("Undrain"));
        api().post(API + "/workers/w-1/undrain")
                .then()
                .statusCode(200)
                .body("state", equalTo("WORKING"))
                .body("draining", equalTo(false));
        api().post(API + "/workers/nobody/drain").then().statusCode(404);

        assertThat(audited()).contains("worker.drain", "worker.undrain");
    }

    @Test
    void the_queue_stands_in_its_order_and_a_priority_changes_it() {
        start(RunOwner.member(member), "first");
        UUID second = start(RunOwner.member(member), "second");
        start(RunOwner.visitor("1".repeat(64)), "a visitor's");
        api().get(API + "/queue")
                .then()
                .body("waiting.title", equalTo(List.of("first", "second", "a visitor's")))
                .body("waiting.owner", hasItem(member.name));

        browser()
                .formParam("priority", 2)
                .post(PAGE + "/runs/" + second + "/priority")
                .then()
                .statusCode(303);

        api().get(API + "/queue").then().body("waiting.title", equalTo(List.of("second", "first", "a visitor's")));
        api().body("{\"priority\": 11}")
                .put(API + "/queue/" + second + "/priority")
                .then()
                .statusCode(422);
        api().body("{\"priority\": -1}")
                .put(API + "/queue/" + second + "/priority")
                .then()
                .statusCode(200)
                .body("priority", equalTo(-1));
        assertThat(audited()).contains("run.priority");
    }

    @Test
    void a_queue_that_is_longer_than_the_page_says_how_long_it_is() {
        start(RunOwner.member(member), "first");
        pool.sql("""
                insert into composition_run (id, person_id, title, base_model_id, spec, budget, queued_at)
                select gen_random_uuid(), person_id, 'more', base_model_id, spec, budget, queued_at + interval '1 s'
                from composition_run, generate_series(1, 1234)""");
        pool.sql("""
                insert into composition_queue (task_name, task_instance, execution_time, picked, version, turn)
                select 'composition', id::text, queued_at, false, 1, extract(epoch from queued_at)
                from composition_run where title = 'more'""");

        browser()
                .get(PAGE)
                .then()
                .body(containsString("100 of 1,235 waiting runs are shown"))
                .body(containsString(member.name + " 0 running, 1235 waiting"));
        api().get(API + "/queue")
                .then()
                .body("waiting.size()", equalTo(100))
                .body("totals.waiting", equalTo(1235))
                .body("totals.running", equalTo(0));
    }

    @Test
    void runs_are_cancelled_and_what_failed_is_tried_again() {
        UUID waiting = start(RunOwner.member(member), "waiting");
        UUID failed = pool.failed(member, "failed", candidates);
        UUID other = pool.failed(member, "other", candidates);
        UUID givenUp = start(RunOwner.member(member), "given up");
        for (int i = 0; i < RunStates.LOSSES + 2; i++) states.take(givenUp);
        UUID without = start(RunOwner.member(member), "without a candidate");
        for (int i = 0; i < RunStates.LOSSES + 2; i++) states.take(without);
        pool.sql("update composition_candidate set version_id = null where run_id = '%s'".formatted(without));
        browser()
                .get(PAGE)
                .then()
                .body(containsString("Recently failed"))
                .body(containsString("The candidate demo/un has no files."));

        browser().post(PAGE + "/runs/" + waiting + "/cancel").then().statusCode(303);
        browser().post(PAGE + "/runs/" + failed + "/retry").then().statusCode(303);
        api().post(API + "/queue/" + waiting + "/retry").then().statusCode(409);
        api().post(API + "/queue/retry-failed").then().statusCode(200).body("count", equalTo(1));

        assertThat(pool.stored(waiting).state).isEqualTo(RunState.CANCELLED);
        assertThat(pool.stored(failed).state).isEqualTo(RunState.QUEUED);
        assertThat(pool.stored(givenUp).state).isEqualTo(RunState.QUEUED);
        assertThat(pool.stored(without).state).isEqualTo(RunState.FAILED);
        assertThat(pool.stored(other).state).as("it would only fail again").isEqualTo(RunState.FAILED);
        assertThat(audited()).contains("run.cancel", "run.retry");
    }

    @Test
    void a_run_under_way_is_cancelled_after_its_evaluation() {
        UUID run = start(RunOwner.member(member), "running");
        states.take(run);

        api().post(API + "/queue/" + run + "/cancel")
                .then()
                .statusCode(200)
                .body("state", equalTo("running"))
                .body("stop_request", equalTo("cancel"));
    }
}
