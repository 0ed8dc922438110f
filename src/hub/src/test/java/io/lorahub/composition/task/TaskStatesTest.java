package io.lorahub.composition.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.ProblemException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tasks whose workers end; no worker takes anything here. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class TaskStatesTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final WorkerTasks tasks;
    private final TaskStates states;
    private final PoolRows pool;

    TaskStatesTest(Hub hub, DemoOnHub demo, WorkerTasks tasks, TaskStates states, PoolRows pool) {
        this.hub = hub;
        this.demo = demo;
        this.tasks = tasks;
        this.states = states;
        this.pool = pool;
    }

    private void state(String address, String state) {
        pool.sql(
                "update adapter set state = '%s', state_reason = %s where id = (select a.id from adapter a join publisher p on p.id = a.publisher_id where p.name || '/' || a.name = '%s')"
                        .formatted(state, state.equals("ACTIVE") ? "null" : "'Copied.'", address));
    }

    @Test
    void nothing_is_predicted_with_what_moderation_has_taken_down_but_for_its_publisher() {
        Person publisher = hub.person(Role.MEMBER);
        List<String> candidates = demo.publish(publisher, "un", "past");
        UUID run = pool.waiting(RunOwner.member(publisher), "shared", candidates);
        RunOwner viewer = RunOwner.member(hub.person(Role.MEMBER));
        RunOwner visitor = RunOwner.visitor("2".repeat(64));
        TaskRequest.Mix question =
                new TaskRequest.Mix(run, List.of(List.of(0.0, 1.0)), 0, List.of("lock"), TaskRequest.Rows.NONE);
        UUID waits = tasks.ask(viewer, question);
        String refusal = "Moderators took down %s, one of its candidates".formatted(candidates.get(0));

        state(candidates.get(0), "TAKEN_DOWN");

        for (RunOwner asker : List.of(viewer, visitor)) {
            assertThatThrownBy(() -> tasks.ask(asker, question))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining(refusal);
        }
        assertThat(states.take(waits)).isEmpty();
        assertThat(((TaskResult.Failed) tasks.answer(waits).orElseThrow()).why())
                .startsWith(refusal);
        assertThat(states.take(tasks.ask(RunOwner.member(publisher), question)))
                .as("publishers keep what is theirs")
                .isPresent();
        state(candidates.get(0), "ACTIVE");
        assertThat(states.take(tasks.ask(viewer, question))).isPresent();
    }

    @Test
    void a_question_that_ends_its_workers_is_given_up() {
        demo.publish(hub.person(Role.MEMBER), "un", "past");
        UUID task = tasks.suggest(
                RunOwner.member(hub.person(Role.MEMBER)),
                DemoHub.BASE_MODEL,
                RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of()),
                List.of());
        for (int i = 0; i < TaskStates.TRIES; i++) assertThat(states.take(task)).isPresent();

        assertThat(states.take(task)).isEmpty();

        Optional<TaskResult> answer = tasks.answer(task);
        assertThat(answer).containsInstanceOf(TaskResult.Failed.class);
        assertThat(((TaskResult.Failed) answer.orElseThrow()).why()).contains("ended 2 times");
    }
}
