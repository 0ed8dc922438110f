package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.LostRunException;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.composition.request.RunService;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs whose worker has died, on a hub whose other workers are busy, or without workers. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class LostRunRecoveryTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final RunStates states;
    private final LostRunRecovery lost;
    private final QueueRows queue;
    private final PoolRows pool;
    private List<String> candidates;

    LostRunRecoveryTest(
            Hub hub,
            DemoOnHub demo,
            RunService runs,
            RunStates states,
            LostRunRecovery lost,
            QueueRows queue,
            PoolRows pool) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.states = states;
        this.lost = lost;
        this.queue = queue;
        this.pool = pool;
    }

    @BeforeEach
    void begin() {
        pool.clear();
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private UUID start(Person person, String title) {
        return pool.waiting(RunOwner.member(person), title, candidates);
    }

    /** Taken by a worker whose last heartbeat is old. */
    private RunClaim left(Person person, String title) {
        RunClaim claim = states.take(start(person, title)).orElseThrow();
        pool.sql(
                "update composition_queue set picked = true, picked_by = 'dead', last_heartbeat = now() - interval '1 minute'"
                        + " where task_instance = '%s'".formatted(claim.id));
        return claim;
    }

    private void recoverTwice() {
        lost.recover();
        lost.recover();
    }

    private List<String> waiting() {
        return queue.waiting().stream().map(run -> run.title).toList();
    }

    @Test
    void a_run_that_was_left_is_shown_as_waiting_and_goes_first() {
        Person busy = hub.person(Role.MEMBER);
        UUID early = start(hub.person(Role.MEMBER), "early");
        pool.sql("update composition_run set queued_at = queued_at - interval '10 minutes' where id = '%s'"
                .formatted(early));
        RunClaim claim = left(busy, "left");
        states.take(start(busy, "another one of its owner"));
        start(busy, "later");

        recoverTwice();

        assertThat(pool.stored(claim.id).state).isEqualTo(RunState.QUEUED);
        assertThat(waiting()).startsWith("left");
        assertThat(pool.stored(claim.id).lost).isOne();
        assertThatThrownBy(() -> states.fail(claim, "no"))
                .as("the worker, should it wake up")
                .isInstanceOf(LostRunException.class);
        assertThat(states.take(claim.id)).isPresent();
    }

    @Test
    void an_admins_priority_reaches_a_run_that_was_left() {
        RunClaim claim = left(hub.person(Role.MEMBER), "left");
        start(hub.person(Role.MEMBER), "other");
        recoverTwice();
        hub.actAs(hub.person(Role.ADMIN));

        queue.prioritise(claim.id, -1);

        hub.actAs(null);
        assertThat(waiting()).containsExactly("other", "left");
    }

    @Test
    void a_run_that_was_left_is_cancelled_without_a_worker() {
        RunClaim before = left(hub.person(Role.MEMBER), "cancelled before anybody noticed");
        RunClaim after = left(hub.person(Role.MEMBER), "cancelled afterwards");
        assertThat(runs.cancel(before.id)).isEqualTo(RunState.RUNNING);

        recoverTwice();

        assertThat(pool.stored(before.id).state).isEqualTo(RunState.CANCELLED);
        assertThat(runs.cancel(after.id)).isEqualTo(RunState.CANCELLED);
        assertThat(waiting()).isEmpty();
        assertThat(states.take(before.id)).isEmpty();
    }

    @Test
    void a_worker_that_gives_a_sign_between_two_looks_keeps_its_run() {
        RunClaim claim = left(hub.person(Role.MEMBER), "slow");
        lost.recover();
        pool.sql("update composition_queue set last_heartbeat = now()");

        lost.recover();

        assertThat(pool.stored(claim.id).state).isEqualTo(RunState.RUNNING);
        assertThat(states.shouldContinue(claim)).isTrue();
    }

    @Test
    void several_processes_that_notice_it_at_once_count_it_once() throws Exception {
        RunClaim claim = left(hub.person(Role.MEMBER), "left");
        lost.recover();

        List<Thread> threads = java.util.stream.Stream.generate(() -> new Thread(lost::recover))
                .limit(4)
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();

        assertThat(pool.stored(claim.id).lost).isOne();
    }
}
