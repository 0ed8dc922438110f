package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.model.WorkerName;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.RunSpecs;
import io.lorahub.testsupport.Settings;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The worker inside the server, controlled by others. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class WorkerTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final WorkerTasks tasks;
    private final Workers workers;
    private final WorkerName name;
    private final EntityManager entities;
    private Person member;
    private List<String> candidates;

    WorkerTest(
            Hub hub,
            DemoOnHub demo,
            RunService runs,
            WorkerTasks tasks,
            Workers workers,
            WorkerName name,
            EntityManager entities) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.tasks = tasks;
        this.workers = workers;
        this.name = name;
        this.entities = entities;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        hub.actAs(hub.person(Role.ADMIN));
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past", "re", "plural");
    }

    @AfterEach
    void undrain() {
        workers.drain(name.text(), false);
        hub.actAs(null);
    }

    private UUID start(int budget, List<Example> heldOut) {
        return start(member, budget, DemoHub.open().task("un-past").fewShot(1), heldOut);
    }

    private UUID start(Person owner, int budget, List<Example> examples, List<Example> heldOut) {
        RunSpec spec = RunSpecs.of(examples, heldOut, budget, "random");
        RunRequest request = new RunRequest("long", "", Optional.empty(), candidates, spec);
        return runs.start(RunOwner.member(owner), request).id;
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    private static void awaitState(UUID id, RunState state) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(stored(id).state)
                        .as("%s, evaluation %d", stored(id).failure, stored(id).spent)
                        .isEqualTo(state));
    }

    private WorkerRecord entry() {
        return QuarkusTransaction.requiringNew().call(() -> WorkerRecord.findById(name.text()));
    }

    @Test
    void a_worker_that_is_drained_gives_its_run_back_and_takes_it_up_again_afterwards() {
        UUID run = start(1000, List.of());
        await().atMost(SOON).until(() -> stored(run).spent > 0);

        workers.drain(name.text(), true);
        awaitState(run, RunState.QUEUED);
        int spent = stored(run).spent;
        assertThat(spent).isLessThan(1000);
        await().atMost(SOON).until(() -> entry().running == 0);
        assertThat(entry().draining).isTrue();
        assertThat(entry().models).contains(DemoHub.BASE_MODEL); // models of other tests may still be loaded
        assertThat(entry().speed).isPositive();

        workers.drain(name.text(), false);
        await().atMost(SOON).until(() -> stored(run).spent > spent);
        runs.cancel(run);
        awaitState(run, RunState.CANCELLED);
        long logged = QuarkusTransaction.requiringNew().call(() -> RunEvaluation.count("id.runId", run));
        assertThat(logged).as("none twice, none lost").isEqualTo(stored(run).spent);
    }

    @Test
    void playground_tasks_are_answered_while_a_search_holds_the_only_slot() {
        UUID run = start(1000, List.of());
        await().atMost(SOON).until(() -> stored(run).spent > 0);
        List<Long> versions = QuarkusTransaction.requiringNew()
                .call(() -> CompositionRun.<CompositionRun>findById(run).candidates.stream()
                        .map(candidate -> candidate.version().id)
                        .toList());
        TaskRequest.Suggest question = new TaskRequest.Suggest(
                DemoHub.BASE_MODEL, DemoHub.open().task("un-past").fewShot(1), versions, versions.size(), null, null);

        assertThat(tasks.await(tasks.ask(RunOwner.member(member), question), SOON))
                .containsInstanceOf(TaskResult.Suggest.class);

        assertThat(stored(run).state).isEqualTo(RunState.RUNNING);
        runs.cancel(run);
        awaitState(run, RunState.CANCELLED);
    }

    @Test
    @Settings("lorahub.composition.turn=PT1S")
    void a_long_run_gives_way_to_one_of_somebody_else_and_goes_on_afterwards() {
        List<Example> many = Collections.nCopies(16, new Example("word ".repeat(60), "x"));
        UUID longRun = start(member, 1000, many, List.of());
        await().atMost(SOON).until(() -> stored(longRun).spent > 0);
        UUID shortRun =
                start(hub.person(Role.MEMBER), 3, DemoHub.open().task("un-past").fewShot(1), List.of());

        awaitState(shortRun, RunState.SUCCEEDED);

        int spent = stored(longRun).spent;
        assertThat(spent).as("not at its end").isLessThan(1000);
        await().atMost(SOON).until(() -> stored(longRun).spent > spent);
        runs.cancel(longRun);
        awaitState(longRun, RunState.CANCELLED);
        long logged = QuarkusTransaction.requiringNew().call(() -> RunEvaluation.count("id.runId", longRun));
        assertThat(logged).as("none twice, none lost").isEqualTo(stored(longRun).spent);
        List<RunNote> notes = QuarkusTransaction.requiringNew().call(() -> RunNote.list("runId", longRun));
        assertThat(notes)
                .extracting(note -> note.text)
                .anyMatch(text -> text.startsWith("Gave way to runs of others after"));
    }

    @Test
    @Settings("lorahub.tasks.longest=PT0.001S")
    void a_task_that_takes_too_long_is_given_up() {
        List<Long> versions = QuarkusTransaction.requiringNew()
                .call(
                        () -> AdapterVersion.<AdapterVersion>list(
                                        "adapter.publisher.name || '/' || adapter.name in ?1", candidates)
                                .stream()
                                .map(version -> version.id)
                                .toList());
        TaskRequest.Suggest question = new TaskRequest.Suggest(
                DemoHub.BASE_MODEL, DemoHub.open().task("un-past").fewShot(1), versions, versions.size(), null, null);
        UUID task = tasks.ask(RunOwner.member(member), question);

        assertThat(tasks.await(task, SOON))
                .get()
                .isInstanceOfSatisfying(
                        TaskResult.Failed.class,
                        failed -> assertThat(failed.why()).contains("the limit of this hub"));
    }

    @Test
    void a_run_can_be_cancelled_while_its_controls_are_evaluated() {
        Example long_ = new Example("word ".repeat(60), "x");
        UUID run = start(1, Collections.nCopies(1000, long_));
        await().atMost(SOON).until(() -> stored(run).spent == 1);

        runs.cancel(run);

        awaitState(run, RunState.CANCELLED);
    }

    @Test
    void a_worker_shows_what_it_is() {
        await().atMost(SOON).until(() -> entry() != null);

        assertThat(entry().device).isEqualTo("cpu");
        assertThat(entry().cores).isPositive();
        assertThat(entry().memory).isPositive();
        assertThat(entry().slots).isOne();
        assertThat(workers.all())
                .filteredOn(w -> w.name.equals(name.text()))
                .extracting(worker -> worker.state)
                .containsExactly(WorkerView.State.IDLE);
    }
}
