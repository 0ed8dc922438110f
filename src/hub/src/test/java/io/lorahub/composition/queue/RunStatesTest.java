package io.lorahub.composition.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.request.RunService;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker changes in a run that it holds, held or claims. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunStatesTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final RunStates states;
    private final PoolRows pool;
    private final DataSource database;
    private List<String> candidates;

    RunStatesTest(Hub hub, DemoOnHub demo, RunService runs, RunStates states, PoolRows pool, DataSource database) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.states = states;
        this.pool = pool;
        this.database = database;
    }

    @BeforeEach
    void begin() {
        pool.clear();
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private UUID start(Person person, String title) {
        return pool.waiting(RunOwner.member(person), title, candidates);
    }

    @Test
    void a_run_that_every_worker_loses_is_given_up() {
        UUID run = start(hub.person(Role.MEMBER), "poison");
        states.take(run);
        for (int loss = 1; loss <= RunStates.LOSSES; loss++) {
            assertThat(states.take(run)).as("loss %d", loss).isPresent();
        }

        assertThat(states.take(run)).isEmpty();
        assertThat(pool.stored(run).state).isEqualTo(RunState.FAILED);
        assertThat(pool.stored(run).failure).contains("failed after 0 evaluations");
    }

    @Test
    void an_evaluation_is_a_sign_that_it_gets_on() {
        UUID run = start(hub.person(Role.MEMBER), "slow");
        states.take(run);
        states.take(run);
        RunClaim claim = states.take(run).orElseThrow();
        assertThat(pool.stored(run).lost).isEqualTo(2);

        write(claim, 1);

        assertThat(pool.stored(run).lost).isZero();
        assertThat(pool.stored(run).spent).isOne();
    }

    @Test
    void a_run_that_ends_its_worker_after_each_evaluation_is_given_up_too() {
        UUID run = start(hub.person(Role.MEMBER), "poison after a point");
        RunClaim claim = states.take(run).orElseThrow();
        for (int loss = 1; loss <= RunStates.LOSSES_IN_ALL; loss++) {
            write(claim, loss);
            claim = states.take(run).orElseThrow();
        }
        write(claim, RunStates.LOSSES_IN_ALL + 1);

        assertThat(states.take(run)).isEmpty();
        assertThat(pool.stored(run).state).isEqualTo(RunState.FAILED);
        assertThat(pool.stored(run).failure).contains("after 31 evaluations, 31 times; the log of");
    }

    private void write(RunClaim claim, int number) {
        EvaluationRecord record = new EvaluationRecord(
                number, 1, new Observation(new double[] {1, 0}, 0.5, 0.5, new float[] {0.5f}, null, null), 0.02);
        new RunJournal(database, claim.id, claim.claim, request -> {}).evaluated(List.of(record), record, number);
    }

    @Test
    void the_log_keeps_the_gradient_of_each_example() {
        RunClaim claim = states.take(start(hub.person(Role.MEMBER), "sloping")).orElseThrow();
        float[][] ofExamples = {{0.1f, -2}, {1e-7f, Float.NaN}, {0, 3}};
        EvaluationRecord record = new EvaluationRecord(
                1,
                3,
                new Observation(new double[] {1, 0}, 0.5, 0.5, new float[] {0.5f}, new double[] {0.4, 0.3}, ofExamples),
                0.02);
        RunJournal journal = new RunJournal(database, claim.id, claim.claim, request -> {});
        journal.evaluated(List.of(record), record, 3);
        write(claim, 2);

        List<EvaluationRecord> read = RunJournal.read(database, claim.id);
        assertThat(Arrays.deepEquals(read.get(0).exampleGradients(), ofExamples))
                .isTrue();
        assertThat(read.get(1).exampleGradients()).isNull();
    }

    @Test
    void a_worker_that_lost_a_run_writes_nothing_more() {
        UUID run = start(hub.person(Role.MEMBER), "taken over");
        RunClaim first = states.take(run).orElseThrow();
        write(first, 1);
        RunClaim second = states.take(run).orElseThrow();

        assertThatThrownBy(() -> write(first, 2)).isInstanceOf(LostRunException.class);
        assertThatThrownBy(() -> states.fail(first, "no")).isInstanceOf(LostRunException.class);
        assertThat(states.shouldContinue(first)).isFalse();
        assertThat(states.shouldContinue(second)).isTrue();
        write(second, 2);
        assertThat(pool.stored(run).spent).isEqualTo(2);
    }

    @Test
    void a_fault_puts_a_run_back_to_its_place_and_is_counted() {
        UUID run = start(hub.person(Role.MEMBER), "unlucky");
        Instant since = pool.stored(run).queuedAt;

        assertThat(states.fault(states.take(run).orElseThrow())).hasValue(1);
        assertThat(pool.stored(run).state).isEqualTo(RunState.QUEUED);
        assertThat(pool.stored(run).queuedAt).isEqualTo(since);
        assertThat(states.fault(states.take(run).orElseThrow())).hasValue(2);
    }

    @Test
    void runs_returned_by_a_stopping_worker_keep_their_place() {
        UUID run = start(hub.person(Role.MEMBER), "moved");
        Instant since = pool.stored(run).queuedAt;

        assertThat(states.stopped(states.take(run).orElseThrow())).isFalse();

        assertThat(pool.stored(run).state).isEqualTo(RunState.QUEUED);
        assertThat(pool.stored(run).queuedAt).isEqualTo(since);
    }

    @Test
    void a_candidate_that_is_taken_down_meanwhile_is_not_used() {
        Person member = hub.person(Role.MEMBER);
        UUID id = start(member, "waits");
        pool.sql(
                "update adapter set state = 'TAKEN_DOWN', state_reason = 'Copied.' where name = '%s' and id in (select v.adapter_id from composition_candidate c join adapter_version v on v.id = c.version_id where c.run_id = '%s')"
                        .formatted(candidates.get(0).split("/")[1], id));

        assertThat(states.take(id)).isEmpty();

        CompositionRun run = pool.stored(id);
        assertThat(run.state).isEqualTo(RunState.FAILED);
        assertThat(run.failure).startsWith("Moderators took down " + candidates.get(0));
        pool.sql("update adapter set state = 'ACTIVE', state_reason = null where state = 'TAKEN_DOWN'");
        runs.resume(id);
        assertThat(states.take(id)).isPresent();
    }
}
