package io.lorahub.composition.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.worker.RunSweep;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoHub.DemoAdapter;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Files made from results with storage for one full model of 6.4 MB besides the result. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@Settings("lorahub.upload.per-member=10000000")
class TaskLimitsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FULL = 0;

    private final Hub hub;
    private final DemoOnHub demo;
    private final PoolRows pool;
    private final WorkerTasks tasks;
    private final TaskStates states;
    private final RunSweep runs;

    TaskLimitsTest(Hub hub, DemoOnHub demo, PoolRows pool, WorkerTasks tasks, TaskStates states, RunSweep runs) {
        this.hub = hub;
        this.demo = demo;
        this.pool = pool;
        this.tasks = tasks;
        this.states = states;
        this.runs = runs;
    }

    private UUID ended(RunOwner owner) {
        UUID id = pool.waiting(owner, "un-past", demo.publish(hub.person(Role.MEMBER), "un", "past"));
        await().atMost(SOON)
                .until(() ->
                        QuarkusTransaction.requiringNew().call(() -> CompositionRun.<CompositionRun>findById(id)).state
                                == RunState.SUCCEEDED);
        return id;
    }

    private UUID ask(RunOwner owner, UUID run, int rank) {
        return tasks.ask(owner, new TaskRequest.Export(run, rank));
    }

    private void sweep(UUID task) {
        QuarkusTransaction.requiringNew()
                .run(() -> WorkerTask.update("expiresAt = ?1 where id = ?2", Instant.EPOCH, task));
        states.sweep();
    }

    @Test
    void files_made_from_results_count_to_the_member_until_they_are_swept() {
        RunOwner member = RunOwner.member(hub.person(Role.MEMBER));
        UUID run = ended(member);

        UUID model = ask(member, run, FULL);
        assertThatThrownBy(() -> ask(member, run, FULL))
                .as("while it is made")
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.status()).isEqualTo(507));
        assertThat(tasks.await(model, SOON)).get().isInstanceOf(TaskResult.Export.class);

        assertThatThrownBy(() -> ask(member, run, FULL))
                .hasMessageMatching("Your files take [67]\\.\\d MB of the 10 MB that a member can store,"
                        + " and these would add 6\\.\\d MB\\. Delete .*");
        assertThat(tasks.await(ask(member, run, 2), SOON)).get().isInstanceOf(TaskResult.Export.class);
        sweep(model);
        assertThat(tasks.await(ask(member, run, FULL), SOON)).get().isInstanceOf(TaskResult.Export.class);
    }

    @Test
    void visitors_together_have_as_much_room_as_a_member() {
        // those of other tests
        QuarkusTransaction.requiringNew()
                .run(() -> WorkerTask.update("expiresAt = ?1 where visitor is not null", Instant.EPOCH));
        states.sweep();
        runs.sweep(Instant.now().plus(Duration.ofDays(30)));
        // what nobody is named for any more, such as versions of a member who left, isn't a visitor's
        String[] all = DemoHub.open().adapters().stream().map(DemoAdapter::name).toArray(String[]::new);
        Person left = hub.person(Role.MEMBER);
        demo.publish(left, all);
        QuarkusTransaction.requiringNew()
                .run(() -> AdapterVersion.update("publishedBy = null where publishedBy = ?1", left));
        RunOwner first = RunOwner.visitor("1".repeat(64));
        RunOwner second = RunOwner.visitor("2".repeat(64));
        UUID run = ended(first);
        UUID other = ended(second);

        UUID model = ask(first, run, FULL);
        assertThat(tasks.await(model, SOON)).get().isInstanceOf(TaskResult.Export.class);

        assertThatThrownBy(() -> ask(second, other, FULL))
                .hasMessageContaining("Files made for visitors take all the room");
        sweep(model);
        assertThat(tasks.await(ask(second, other, FULL), SOON)).get().isInstanceOf(TaskResult.Export.class);
    }
}
