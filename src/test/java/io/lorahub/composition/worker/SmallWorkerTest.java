package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A worker that has room for the base model, and not for a run. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(SmallWorkerTest.Small.class)
class SmallWorkerTest {

    public static final class Small implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("lorahub.worker.memory", "20000000");
        }
    }

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final PoolRows pool;

    SmallWorkerTest(Hub hub, DemoOnHub demo, RunService runs, PoolRows pool) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.pool = pool;
    }

    @Test
    void a_run_that_does_not_fit_is_refused_by_the_worker_that_takes_it() {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        pool.worker("another with more", "gpu:0", 0, "0 s"); // else the hub would not queue it
        RunSpec spec = RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of());
        UUID id = runs.start(
                        RunOwner.member(hub.person(Role.MEMBER)),
                        new RunRequest("large", "", Optional.empty(), candidates, spec, Optional.empty()))
                .id;
        pool.sql("delete from worker where name = 'another with more'");

        await().atMost(Duration.ofSeconds(60)).until(() -> stored(id).state.isEnded());

        assertThat(stored(id).state).isEqualTo(RunState.FAILED);
        assertThat(stored(id).failure)
                .matches("This run needs about .* of memory \\(base model .*\\), and the worker has 20 MB\\."
                        + " Take fewer candidates or a smaller base model\\.");
        assertThat(stored(id).spent).isZero();
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }
}
