package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.RunSpecs;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.io.file.PathUtils;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real worker whose store disappears, like an unmounted volume, and comes back. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class StoreOutagesTest {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String WAITS = "The file store doesn't answer; the run waits for it.";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final ObjectStore store;
    private final String directory;
    private final WorkerConfig worker;
    private Path objects;
    private Path elsewhere;
    private Person member;

    StoreOutagesTest(
            Hub hub,
            DemoOnHub demo,
            RunService runs,
            ObjectStore store,
            WorkerConfig worker,
            @ConfigProperty(name = "lorahub.storage.directory") String directory) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.store = store;
        this.directory = directory;
        this.worker = worker;
    }

    @BeforeEach
    void begin() throws IOException {
        Path cached = worker.cache().resolve("files");
        if (Files.exists(cached)) PathUtils.cleanDirectory(cached); // what other tests have left there
        member = hub.person(Role.MEMBER);
        objects = Path.of(directory);
        elsewhere = Path.of(directory + "-elsewhere");
    }

    @AfterEach
    void comeBack() throws IOException {
        if (Files.exists(elsewhere)) bring();
    }

    private void take() throws IOException {
        Files.move(objects, elsewhere);
        Files.createDirectory(objects);
    }

    private void bring() throws IOException {
        Files.delete(objects);
        Files.move(elsewhere, objects);
    }

    private UUID start(List<String> candidates, int budget) {
        RunSpec spec = RunSpecs.of(DemoHub.open().task("un-past").fewShot(1), List.of(), budget, "random");
        RunRequest request = new RunRequest("run", "", Optional.empty(), candidates, spec);
        return runs.start(RunOwner.member(member), request).id;
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    private static List<String> notes(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> RunNote.of(id).stream().map(note -> note.text).toList());
    }

    private static void awaitNote(UUID run, String text) {
        await().atMost(SOON).until(() -> notes(run).contains(text));
    }

    private static void awaitState(UUID run, RunState state) {
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(stored(run).state).as(stored(run).failure).isEqualTo(state));
    }

    @Test
    void a_run_waits_for_its_files_as_long_as_it_takes() throws IOException {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        take();
        UUID run = start(candidates, 8);

        awaitNote(run, WAITS);
        assertThat(stored(run).lost).as("an outage says nothing about the run").isZero();
        assertThat(stored(run).state).isEqualTo(RunState.RUNNING);
        bring();

        awaitState(run, RunState.SUCCEEDED);
    }

    @Test
    void a_result_is_kept_until_the_store_is_back_and_not_computed_again() throws IOException {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        UUID run = start(candidates, 400);
        await().atMost(SOON).until(() -> stored(run).spent > 0);
        take();

        awaitNote(run, WAITS);
        assertThat(stored(run).state).isEqualTo(RunState.RUNNING);
        bring();

        awaitState(run, RunState.SUCCEEDED);
        assertThat(notes(run))
                .filteredOn(text -> text.startsWith("The search ended"))
                .hasSize(1);
        assertThat(notes(run)).filteredOn(WAITS::equals).hasSize(1);
    }

    @Test
    void a_run_that_waits_for_the_store_is_cancelled_at_once() throws IOException {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "re", "past");
        take();
        UUID run = start(candidates, 8);
        awaitNote(run, WAITS);

        runs.cancel(run);

        awaitState(run, RunState.CANCELLED);
    }

    @Test
    void a_candidate_whose_file_is_lost_is_named() {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "the");
        String sha256 = QuarkusTransaction.requiringNew()
                .call(() -> io.lorahub.adapter.Adapter.at(candidates.get(1).split("/")[0], "the")
                        .orElseThrow()
                        .newest()
                        .files
                        .get("adapter_model.safetensors"));
        store.delete(ObjectKey.blob(sha256));

        UUID run = start(candidates, 8);

        awaitState(run, RunState.FAILED);
        assertThat(stored(run).failure)
                .contains("has lost adapter_model.safetensors of the candidate " + candidates.get(1))
                .contains("Repeat the run without it");
        assertThat(stored(run).givenUp).isFalse();
    }
}
