package io.lorahub.composition.worker;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.matchesPattern;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A worker that has too little memory for a run. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@Settings("lorahub.worker.memory=20000000")
class SmallWorkerTest {

    private static final String LARGER = "another with more";

    private final Hub hub;
    private final DemoOnHub demo;
    private final PoolRows pool;

    SmallWorkerTest(Hub hub, DemoOnHub demo, PoolRows pool) {
        this.hub = hub;
        this.demo = demo;
        this.pool = pool;
    }

    private UUID start() {
        pool.worker(LARGER, "gpu:0", 0, "0 s"); // else the hub would not queue it
        return pool.waiting(
                RunOwner.member(hub.person(Role.MEMBER)), "large", demo.publish(hub.person(Role.MEMBER), "un", "past"));
    }

    @AfterEach
    void end() {
        pool.clear();
    }

    /** As for runs that were queued before estimates were stored. */
    private void forgetEstimate(UUID id) {
        pool.sql(
                "update composition_queue set model_bytes = 0, candidates_bytes = 0, computing_bytes = 0 where run_id = '%s'"
                        .formatted(id));
    }

    @Test
    void a_run_is_left_to_a_larger_worker() {
        UUID id = start();

        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() -> stored(id).state == RunState.QUEUED && stored(id).worker == null);

        Person admin = hub.person(Role.ADMIN);
        String why = "only %s has as much".formatted(LARGER);
        AsBrowser.given(hub.session(admin)).get("/admin/workers").then().body(containsString(why));
        given().auth()
                .oauth2(hub.token(admin, AccessToken.Scope.ADMINISTER))
                .get("/api/v1/admin/queue")
                .then()
                .body("waiting.find { it.id == '%s' }.reason".formatted(id), endsWith(why));
        pool.sql("delete from worker where name = '%s'".formatted(LARGER));
        AsBrowser.given(hub.session(admin))
                .get("/admin/workers")
                .then()
                .body(matchesPattern("(?s).*needs \\d+ MB; the largest worker has 20 MB.*"));
    }

    @Test
    void a_run_that_needs_more_than_estimated_is_given_back_for_a_larger_worker() {
        UUID id = start();
        forgetEstimate(id);

        await().atMost(Duration.ofSeconds(60)).until(() -> stored(id).worker != null);
        await().atMost(Duration.ofSeconds(60)).until(() -> stored(id).state == RunState.QUEUED);
        int claim = stored(id).claim;

        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).until(() -> stored(id).claim == claim);
        assertThat(stored(id).state).isEqualTo(RunState.QUEUED);
        assertThat(QuarkusTransaction.requiringNew().call(() -> RunNote.latest(id)))
                .hasValueSatisfying(note -> assertThat(note).contains("has too little memory", "waits for a larger"));
    }

    @Test
    void a_run_that_fits_no_worker_is_refused_by_the_worker_that_takes_it() {
        UUID id = start();
        pool.sql("delete from worker where name = '%s'".formatted(LARGER));
        forgetEstimate(id);

        await().atMost(Duration.ofSeconds(60)).until(() -> stored(id).state.isEnded());

        assertThat(stored(id).state).isEqualTo(RunState.FAILED);
        assertThat(stored(id).failure)
                .matches("This run needs about .* of memory \\(base model .*\\), but the worker has 20 MB\\."
                        + " Use fewer candidates, shorter examples or a smaller base model\\.");
        assertThat(stored(id).spent).isZero();
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }
}
