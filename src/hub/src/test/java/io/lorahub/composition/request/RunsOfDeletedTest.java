package io.lorahub.composition.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.form.RunForm;
import io.lorahub.composition.queue.LostRunException;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.LockWaits;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deleting an adapter that is a candidate of runs, in every state of a run. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunsOfDeletedTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final RunStates states;
    private final PoolRows pool;

    private Person author;
    private Person member;
    private List<String> candidates;

    RunsOfDeletedTest(Hub hub, DemoOnHub demo, RunService runs, RunStates states, PoolRows pool) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.states = states;
        this.pool = pool;
    }

    @BeforeEach
    void publish() {
        pool.sql("delete from worker"); // that other tests registered, with little memory
        author = hub.person(Role.MEMBER);
        member = hub.person(Role.MEMBER);
        candidates = demo.publish(author, "un", "past", "re");
    }

    @Test
    void a_waiting_run_is_not_taken_and_a_running_one_is_given_up_by_its_worker() {
        UUID waiting = start(candidates.subList(0, 2));
        UUID running = start(candidates.subList(0, 2));
        UUID spared = start(candidates.subList(1, 3));
        RunClaim claim = states.take(running).orElseThrow();

        assertThat(delete(candidates.get(0))).isEqualTo(204);

        for (UUID halted : List.of(waiting, running)) {
            CompositionRun run = pool.stored(halted);
            assertThat(run.state).isEqualTo(RunState.FAILED);
            assertThat(run.failure).startsWith(candidates.get(0) + ", one of its candidates, was deleted");
            assertThat(run.isResumable()).isFalse();
        }
        assertThat(states.take(waiting)).isEmpty();
        assertThat(states.shouldContinue(claim)).isFalse();
        assertThatThrownBy(() -> states.searched(claim, List.of())).isInstanceOf(LostRunException.class);
        assertThat(states.take(spared)).isPresent();
        assertThat(notices()).containsExactlyInAnyOrder("“un-past” has failed.", "“un-past” has failed.");
    }

    @Test
    void a_paused_run_stays_and_says_why_it_cannot_be_resumed() {
        UUID paused = start(candidates.subList(0, 2));
        runs.pause(paused);

        delete(candidates.get(0));

        assertThat(pool.stored(paused).state).isEqualTo(RunState.PAUSED);
        assertThatThrownBy(() -> runs.resume(paused))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("was deleted");
        assertThat(notices()).containsExactly("“un-past” can't be resumed.");
        assertThatThrownBy(() -> fork(paused))
                .hasMessageContaining("You can no longer use the adapter " + candidates.get(0));
    }

    @Test
    void an_adapter_that_takes_a_deleted_address_is_not_a_candidate() {
        UUID paused = start(candidates.subList(0, 2));
        runs.pause(paused);
        delete(candidates.get(0));

        assertThat(demo.publish(author, "un")).containsExactly(candidates.get(0));

        assertThatThrownBy(() -> runs.resume(paused)).hasMessageContaining("was deleted");
        CompositionRun run = pool.stored(paused);
        assertThat(run.candidates).extracting(RunCandidate::isDeleted).containsExactly(true, false);
        assertThat(RunForm.of(run, "").chosen())
                .containsExactly(run.candidates.get(1).addressWithVersion());
    }

    @Test
    void a_run_that_is_started_at_that_moment_is_not_left_with_a_candidate_less() throws Exception {
        QuarkusTransaction.begin();
        UUID run = start(candidates.subList(0, 2));
        CompositionRun.flush();
        CompletableFuture<Integer> deletion = CompletableFuture.supplyAsync(() -> delete(candidates.get(0)));
        await().until(() -> LockWaits.count() == 1);

        QuarkusTransaction.commit();

        assertThat(deletion.get()).isEqualTo(204);
        assertThat(pool.stored(run).state).isEqualTo(RunState.FAILED);
    }

    private UUID start(List<String> over) {
        return pool.waiting(RunOwner.member(member), "un-past", over);
    }

    private int delete(String address) {
        return RestAssured.given()
                .auth()
                .oauth2(hub.token(author, Scope.WRITE))
                .header("If-Match", "*")
                .delete("/api/v1/adapters/" + address)
                .statusCode();
    }

    private void fork(UUID run) {
        RunRequest same = new RunRequest(null, null, Optional.empty(), List.of(), pool.stored(run).spec);
        runs.start(RunOwner.member(member), same.forkOf(run, 0));
    }

    private List<String> notices() {
        return QuarkusTransaction.requiringNew()
                .call(() -> Notice.<Notice>list("personId", member.id).stream()
                        .map(n -> n.title)
                        .toList());
    }
}
