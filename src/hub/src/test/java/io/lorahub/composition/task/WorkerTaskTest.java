package io.lorahub.composition.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class WorkerTaskTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final WorkerTasks tasks;
    private final TaskStates states;
    private RunOwner member;
    private List<String> candidates;

    WorkerTaskTest(Hub hub, DemoOnHub demo, RunService runs, WorkerTasks tasks, TaskStates states) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.tasks = tasks;
        this.states = states;
    }

    @BeforeEach
    void publish() {
        member = RunOwner.member(hub.person(Role.MEMBER));
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past", "re", "plural");
    }

    private static List<Example> fewShot() {
        return DemoHub.open().task("un-past").fewShot(1);
    }

    private CompositionRun ended() {
        List<Example> heldOut = DemoHub.open().task("un-past").heldOut().subList(0, 20);
        UUID id = runs.start(
                        member,
                        new RunRequest("un-past", "", Optional.empty(), candidates, RunSpec.of(fewShot(), heldOut)))
                .id;
        await().atMost(SOON).until(() -> stored(id).state.isEnded());
        assertThat(stored(id).failure).isNull();
        return stored(id);
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    private List<Double> weights(CompositionRun run) {
        List<Double> weights = new ArrayList<>();
        candidates.forEach(
                name -> weights.add(run.result.path("weights").path(name).asDouble()));
        return weights;
    }

    @SuppressWarnings("unchecked")
    private <A extends TaskResult> A answer(TaskRequest question) {
        return (A) tasks.await(tasks.ask(member, question), SOON).orElseThrow();
    }

    @Test
    void the_weights_of_a_run_score_and_predict_as_the_run_says() {
        CompositionRun run = ended();
        List<Double> none = List.of(0.0, 0.0, 0.0, 0.0);
        TaskResult.Mix answer = answer(new TaskRequest.Mix(
                run.id, List.of(weights(run), none), 2, List.of("lock"), TaskRequest.Rows.HELD_OUT));

        TaskResult.Scored composed = answer.mixes().get(0);
        assertThat(composed.objective()).isCloseTo(run.result.path("objective").asDouble(), within(1e-4));
        assertThat(composed.rows()).hasSize(20);
        assertThat(composed.right().exactMatch())
                .isEqualTo(run.result.at("/composed/held_out/exact_match").asDouble());
        assertThat(answer.mixes().get(1).loss())
                .isCloseTo(run.result.at("/base/loss").asDouble(), within(1e-4));
        assertThat(answer.mixes())
                .allSatisfy(mix -> assertThat(mix.predictions()).hasSize(1));
    }

    @Test
    void suggestions_put_the_adapters_of_the_task_first() {
        Person publisher = hub.person(Role.MEMBER);
        List<Long> versions = QuarkusTransaction.requiringNew()
                .call(() -> candidates.stream()
                        .map(address -> adapter(address).newest().id)
                        .toList());
        List<Long> tried = new ArrayList<>(versions);
        tried.add(QuarkusTransaction.requiringNew()
                .call(() -> hub.adapter(publisher, Visibility.PUBLIC).newest().id));

        TaskResult.Suggest answer =
                answer(new TaskRequest.Suggest(DemoHub.BASE_MODEL, fewShot(), tried, 5, null, null));

        assertThat(answer.looked()).isEqualTo(4);
        assertThat(answer.skipped()).hasSize(1).allMatch(why -> why.contains("has no files"));
        assertThat(answer.ranked())
                .first()
                .isEqualTo(answer.ranked().stream()
                        .min(Comparator.comparingDouble(TaskResult.CandidateScore::loss))
                        .orElseThrow());
        assertThat(answer.ranked().get(0).loss()).isLessThan(answer.base());
    }

    @Test
    void an_adapter_that_completes_the_best_one_is_suggested_next_though_it_does_little_alone() {
        List<String> words = List.of("sculptor", "bend", "grape", "motel", "quick");
        List<Example> task = words.stream()
                .map(word -> new Example(word, ("un" + word).toUpperCase(Locale.ROOT)))
                .toList();
        List<String> adapters = demo.publish(
                hub.person(Role.MEMBER), "hashtag", "hyphens", "anti", "the", "reverse", "capitalize", "un", "upper");
        List<Long> versions = QuarkusTransaction.requiringNew()
                .call(() -> adapters.stream()
                        .map(address -> adapter(address).newest().id)
                        .toList());

        TaskResult.Suggest answer =
                answer(new TaskRequest.Suggest(DemoHub.BASE_MODEL, task, versions, versions.size(), null, null));

        assertThat(answer.ranked().subList(0, 2))
                .extracting(score -> score.address().replaceAll(".*/", ""))
                .containsExactly("upper", "un");
        TaskResult.CandidateScore un = answer.ranked().get(1);
        assertThat(answer.ranked().stream().filter(other -> other.loss() < un.loss()))
                .as("those that are better alone")
                .hasSizeGreaterThan(1);
        assertThat(un.beside()).containsExactly(answer.ranked().get(0).address());
        assertThat(un.before()).isEqualTo(answer.ranked().get(0).loss());
        assertThat(un.after()).isLessThan(un.before() / 2);
    }

    @Test
    void files_below_an_adapter_do_not_keep_it_from_running() {
        String address = candidates.get(0);
        long version =
                QuarkusTransaction.requiringNew().call(() -> adapter(address).newest().id);
        change(
                "insert into version_file (version_id, name, sha256) select version_id, 'notes/' || name, sha256"
                        + " from version_file where name = 'adapter_config.json' and version_id = ?1",
                version);
        try {
            TaskResult.Suggest answer =
                    answer(new TaskRequest.Suggest(DemoHub.BASE_MODEL, fewShot(), List.of(version), 5, null, null));
            assertThat(answer.looked()).isEqualTo(1);
        } finally {
            change("delete from version_file where name like 'notes/%' and version_id = ?1", version);
        }
    }

    private static void change(String sql, long version) {
        QuarkusTransaction.requiringNew()
                .run(() -> io.quarkus.hibernate.orm.panache.Panache.getEntityManager()
                        .createNativeQuery(sql)
                        .setParameter(1, version)
                        .executeUpdate());
    }

    @Test
    void the_public_adapters_of_the_hub_are_looked_at() {
        QuarkusTransaction.requiringNew().run(() -> candidates.forEach(this::makeLively));

        TaskResult.Suggest answer = (TaskResult.Suggest) tasks.await(
                        tasks.suggest(member, DemoHub.BASE_MODEL, RunSpec.of(fewShot(), List.of()), List.of()), SOON)
                .orElseThrow();

        assertThat(answer.ranked())
                .extracting(TaskResult.CandidateScore::address)
                .containsAll(candidates);
        assertThat(answer.all()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void adapters_already_listed_come_first_however_popular_others_are() {
        String listed = candidates.get(3);
        QuarkusTransaction.requiringNew().run(() -> makeLively(candidates.get(0)));

        List<Long> versions = tasks.compatible(DemoHub.BASE_MODEL, List.of("no/such", listed + "@1.0.0"))
                .versions();

        assertThat(versions.get(0))
                .isEqualTo(QuarkusTransaction.requiringNew()
                        .call(() -> AdapterVersion.<AdapterVersion>find("adapter", adapter(listed))
                                .firstResult()
                                .id));
    }

    private static Adapter adapter(String address) {
        return Adapter.at(address.split("/")[0], address.split("/")[1]).orElseThrow();
    }

    /** Only a limited number is examined, and other tests have published adapters on the same hub. */
    private void makeLively(String address) {
        adapter(address).trend = 1e9;
    }

    @Test
    void files_are_made_and_go_with_the_task() {
        CompositionRun run = ended();
        int lossless = run.result.at("/export/rank").asInt();
        assertThat(run.result.at("/export/errors")).hasSize(lossless);

        UUID compressed = tasks.ask(member, new TaskRequest.Export(run.id, 4));
        UUID fused = tasks.ask(member, new TaskRequest.Export(run.id, 0));
        TaskResult.Export small =
                (TaskResult.Export) tasks.await(compressed, SOON).orElseThrow();
        TaskResult.Export full = (TaskResult.Export) tasks.await(fused, SOON).orElseThrow();

        assertThat(small.rank()).isEqualTo(4);
        assertThat(small.relativeError())
                .isCloseTo(run.result.at("/export/errors/3").asDouble(), within(1e-9));
        assertThat(files(compressed)).contains("adapter_config.json", "adapter_model.safetensors", "recipe.json");
        assertThat(files(fused)).contains("config.json", "model.safetensors", "tokenizer.json", "recipe.json");
        assertThat(full.bytes()).isGreaterThan(small.bytes());

        QuarkusTransaction.requiringNew()
                .run(() -> WorkerTask.update("expiresAt = ?1 where id = ?2", java.time.Instant.EPOCH, fused));
        states.sweep();
        assertThat(tasks.answer(fused)).isEmpty();
        assertThat(tasks.answer(compressed)).isPresent();
    }

    private List<String> files(UUID task) {
        return QuarkusTransaction.requiringNew()
                .call(() ->
                        List.copyOf(WorkerTask.<WorkerTask>findById(task).files.keySet()));
    }

    @Test
    void a_question_that_no_model_can_take_is_answered_by_why() {
        CompositionRun run = ended();

        TaskResult.Failed answer = answer(new TaskRequest.Mix(
                run.id, List.of(weights(run)), 0, List.of("word ".repeat(700)), TaskRequest.Rows.NONE));

        assertThat(answer.why()).contains("tokens");
    }

    @Test
    void weights_outside_the_bounds_and_too_many_questions_are_refused() {
        CompositionRun run = ended();

        assertThatThrownBy(() -> tasks.ask(
                        member,
                        new TaskRequest.Mix(
                                run.id, List.of(List.of(9.0, 0.0, 0.0, 0.0)), 1, List.of(), TaskRequest.Rows.NONE)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("+1.50");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 70; i++) {
                        tasks.ask(
                                member,
                                new TaskRequest.Mix(
                                        run.id, List.of(weights(run)), 1, List.of(), TaskRequest.Rows.NONE));
                    }
                })
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("your requests are still waiting");
    }

    @Test
    void an_answer_is_for_who_asked() {
        CompositionRun run = ended();
        UUID id = tasks.ask(
                member, new TaskRequest.Mix(run.id, List.of(weights(run)), 1, List.of(), TaskRequest.Rows.NONE));
        RunOwner other = RunOwner.visitor("0".repeat(64));

        QuarkusTransaction.requiringNew().run(() -> {
            assertThat(tasks.of(member, id).id).isEqualTo(id);
            assertThatThrownBy(() -> tasks.of(other, id)).isInstanceOf(ProblemException.class);
        });
    }

    @Test
    void an_export_under_way_holds_up_no_prediction() {
        CompositionRun run = ended();
        QuarkusTransaction.requiringNew().run(() -> {
            UUID export =
                    QuarkusTransaction.requiringNew().call(() -> tasks.ask(member, new TaskRequest.Export(run.id, 0)));
            WorkerTask.findById(export, LockModeType.PESSIMISTIC_WRITE); // its worker waits for this

            TaskRequest.Mix question =
                    new TaskRequest.Mix(run.id, List.of(weights(run)), 0, List.of("lock"), TaskRequest.Rows.NONE);
            UUID prediction = QuarkusTransaction.requiringNew().call(() -> tasks.ask(member, question));
            assertThat(tasks.await(prediction, SOON)).containsInstanceOf(TaskResult.Mix.class);
        });
    }
}
