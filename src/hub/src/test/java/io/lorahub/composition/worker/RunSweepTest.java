package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What expires; no worker takes anything here. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunSweepTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final RunStates states;
    private final RunSweep sweep;
    private final EntityManager entities;
    private List<String> candidates;

    RunSweepTest(Hub hub, DemoOnHub demo, RunService runs, RunStates states, RunSweep sweep, EntityManager entities) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.states = states;
        this.sweep = sweep;
        this.entities = entities;
    }

    @BeforeEach
    void begin() {
        sql("delete from composition_run");
        sql("delete from worker");
        sql("delete from composition_draft");
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    /** With these workers, which have no memory, alive, other tests could start no run. */
    @AfterEach
    void end() {
        sql("delete from worker");
    }

    private int sql(String text) {
        return QuarkusTransaction.requiringNew()
                .call(() -> entities.createNativeQuery(text).executeUpdate());
    }

    private UUID start(RunOwner owner, String title) {
        RunSpec spec = RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of());
        return runs.start(owner, new RunRequest(title, "", Optional.empty(), candidates, spec)).id;
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    private void worker(String name) {
        sql(
                "insert into worker (name, device, memory, version, slots, models, running) values ('%s', 'cpu', 1, '1', 1, '{}', 0)"
                        .formatted(name));
    }

    @Test
    void visitors_runs_go_when_their_time_is_over_those_under_way_after_they_were_cancelled() {
        UUID waiting = start(RunOwner.visitor("1".repeat(64)), "waiting");
        UUID running = start(RunOwner.visitor("2".repeat(64)), "running");
        UUID member = start(RunOwner.member(hub.person(Role.MEMBER)), "stays");
        RunClaim claim = states.take(running).orElseThrow();
        Instant later = Instant.now().plus(Duration.ofDays(2));

        assertThat(sweep.sweep(Instant.now())).isZero();
        assertThat(sweep.sweep(later)).isOne();

        assertThat(stored(waiting)).isNull();
        assertThat(states.stopped(claim)).isTrue();
        assertThat(stored(running).state).isEqualTo(RunState.CANCELLED);
        assertThat(sweep.sweep(later)).isOne();
        assertThat(stored(running)).isNull();
        assertThat(stored(member)).isNotNull();
    }

    @Test
    void a_run_whose_visitor_has_signed_up_meanwhile_stays() {
        UUID adopted = start(RunOwner.visitor("3".repeat(64)), "adopted");
        sql("update composition_run set expires_at = null where id = '%s'".formatted(adopted));
        assertThat(sweep.remove(adopted, Instant.now().plus(Duration.ofDays(2))))
                .isFalse();
        assertThat(stored(adopted)).isNotNull();
    }

    @Test
    void visitors_drafts_go_and_those_of_members_stay() {
        AsBrowser.given().multiPart("title", "a visitor's").post("/compose/draft");
        AsBrowser.given(hub.session(hub.person(Role.MEMBER)))
                .multiPart("title", "a member's")
                .post("/compose/draft");

        sweep.sweep(Instant.now());
        assertThat(sql("update composition_draft set saved_at = saved_at where visitor is not null"))
                .isOne();
        sweep.sweep(Instant.now().plus(Duration.ofDays(2)));

        assertThat(sql("update composition_draft set saved_at = saved_at where visitor is not null"))
                .isZero();
        assertThat(sql("update composition_draft set saved_at = saved_at where visitor is null"))
                .isPositive();
    }

    @Test
    void workers_that_nobody_has_seen_for_long_are_forgotten() {
        worker("here");
        worker("gone");
        sql("update worker set seen_at = now() - interval '2 hours' where name = 'gone'");

        sweep.sweep(Instant.now());

        assertThat(sql("delete from worker where name = 'gone'")).isZero();
        assertThat(sql("delete from worker where name = 'here'")).isOne();
    }
}
