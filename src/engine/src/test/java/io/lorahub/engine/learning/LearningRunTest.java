package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.KnownControls;
import io.lorahub.engine.learning.log.RunLog;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRunTest {

    private static final DemoTask TASK = DemoTask.named("un-past", 1);
    private static final LearningSettings SETTINGS = LearningSettings.DEFAULT.withBudget(20);
    private static LearningSession session;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        session = DemoTask.session(ComposedWeights.EXACT, "un", "past", "plural", "upper", "reverse");
    }

    @AfterAll
    static void close() {
        session.close();
    }

    static Stream<String> strategies() {
        return Strategy.names().stream();
    }

    private static LearningRun run(LearningSettings settings) {
        return new LearningRun(session, session.encode(TASK.fewShot()), settings);
    }

    @Test
    void an_evaluation_of_many_examples_says_how_far_it_is_and_can_be_stopped() {
        LearningRun run = new LearningRun(session, many(), SETTINGS);
        List<Integer> reported = new ArrayList<>();
        session.listen((done, of) -> {
            reported.add(done);
            if (reported.size() == 4) run.stop();
        });

        LearnedMix learned = run.run();

        session.listen((done, of) -> {});
        assertThat(reported).containsExactly(0, 128, 256, 0);
        assertThat(learned.evaluations()).isEqualTo(1);
        assertThat(learned.interrupted()).isTrue();
    }

    @Test
    void many_examples_come_to_what_few_come_to() {
        double[] weights = {1, 0.5, 0, -0.2, 0.1};
        try (Scorer some = session.scorer(session.encode(TASK.fewShot()));
                Scorer more = session.scorer(many())) {
            List<LearningOutcome> few = some.outcomes(weights, false);
            List<LearningOutcome> all = more.outcomes(weights, false);
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).loss()).isCloseTo(few.get(i % few.size()).loss(), within(1e-3));
            }
            double[] gradient = some.gradient(weights).gradient();
            assertThat(more.gradient(weights).gradient()).containsExactly(gradient, within(1e-3));
        }
    }

    private static ExampleSet many() {
        return session.encode(Collections.nCopies(60, TASK.fewShot()).stream()
                .flatMap(List::stream)
                .toList());
    }

    @Test
    void the_default_finds_the_two_adapters_that_make_the_task() {
        LearnedMix learned = run(LearningSettings.DEFAULT).run();

        assertThat(learned.loss()).isLessThan(0.5);
        assertThat(learned.weights().get("un")).isGreaterThan(0.5);
        assertThat(learned.weights().get("past")).isGreaterThan(0.3);
        assertThat(learned.evaluations()).isLessThanOrEqualTo(40);
    }

    @Test
    void a_large_budget_leaves_out_adapters_that_do_nothing() {
        String[] all = Reference.demoHub("adapters").toFile().list();
        Arrays.sort(all);
        LearningSettings settings = LearningSettings.DEFAULT.withBudget(100);
        try (LearningSession many = DemoTask.session(ComposedWeights.EXACT, all)) {
            LearnedMix learned = new LearningRun(many, many.encode(TASK.fewShot()), settings).run();
            assertThat(all).hasSize(24);
            assertThat(learned.weights().values().stream().filter(w -> w != 0).count())
                    .isLessThan(18);
            assertThat(learned.loss()).isLessThan(0.02);
            assertThat(learned.evaluations()).isEqualTo(100);
        }
    }

    @Test
    void a_layer_group_in_which_an_adapter_changes_nothing_has_no_weight() {
        Path adapters = Reference.demoHub("adapters");
        try (LoraAdapter un = LoraAdapter.load("un", adapters.resolve("un"));
                LearningSession some = LearningSession.open(
                        Reference.demoHub("base"),
                        List.of(
                                un.only(module -> !module.matches(".*\\.block\\.[01]\\..*")),
                                LoraAdapter.load("past", adapters.resolve("past"))),
                        ComposedWeights.EXACT,
                        Compute.cpu())) {
            LearnedMix learned =
                    new LearningRun(some, some.encode(TASK.fewShot()), SETTINGS.withLayers(LayerGroups.THIRDS)).run();

            assertThat(learned.layerWeights().get("un")).containsOnlyKeys("middle", "last");
            assertThat(learned.layerWeights().get("past")).containsOnlyKeys("first", "middle", "last");
            assertThat(learned.everyWeight()).doesNotContainKey("un (first)").hasSize(5);
            assertThat(learned.vector()).hasSize(6);
        }
    }

    @Test
    void layer_groups_are_chosen_by_the_settings_and_the_number_of_candidates() {
        LearningSettings large = SETTINGS.withBudget(100);

        assertThat(large.chosenFor(24).layers()).isEqualTo(LayerGroups.THIRDS);
        assertThat(large.chosenFor(90).layers()).isEqualTo(LayerGroups.NONE);
        assertThat(large.withBudget(40).chosenFor(24).layers()).isEqualTo(LayerGroups.THIRDS);
        assertThat(large.withBudget(39).chosenFor(24).layers()).isEqualTo(LayerGroups.NONE);
        assertThat(large.withStrategy("cma-es").chosenFor(24).layers()).isEqualTo(LayerGroups.NONE);
        assertThat(large.withObjective("exact-match", 0).chosenFor(24).layers()).isEqualTo(LayerGroups.NONE);
        assertThat(large.withComposition(ComposedWeights.FACTOR).chosenFor(24).layers())
                .isEqualTo(LayerGroups.NONE);
        assertThat(large.withLayers(LayerGroups.STACKS).chosenFor(24).layers()).isEqualTo(LayerGroups.STACKS);
        assertThat(run(large.withBudget(60)).run().layerWeights()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void every_strategy_keeps_the_budget_and_starts_at_the_base_model(String strategy) {
        LearnedMix learned = run(SETTINGS.withStrategy(strategy)).run();

        assertThat(learned.evaluations()).isLessThanOrEqualTo(20);
        assertThat(learned.history().get(0).weights()).containsOnly(0);
        assertThat(learned.objective())
                .isLessThanOrEqualTo(learned.history().get(0).objective());
        assertThat(learned.history())
                .allSatisfy(r -> assertThat(
                                Arrays.stream(r.weights()).map(Math::abs).max().orElseThrow())
                        .isLessThanOrEqualTo(1.5));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void a_run_is_repeated_to_the_bit(String strategy) {
        LearningSettings settings = SETTINGS.withStrategy(strategy);

        assertThat(run(settings).run().weights()).isEqualTo(run(settings).run().weights());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 7, 12, 19})
    void a_run_that_was_killed_goes_on_from_its_log_and_ends_at_the_same_weights(int written) throws IOException {
        Path whole = folder.resolve("whole.jsonl");
        ObjectNode header = Recipe.inputs(session, TASK.fewShot(), SETTINGS);
        LearnedMix undisturbed;
        try (RunLog log = RunLog.create(whole, header)) {
            LearningRun run = run(SETTINGS);
            run.listen(log);
            undisturbed = run.run();
        }
        List<String> lines = Files.readAllLines(whole);
        int kept = Math.min(written, lines.size() - 1);
        Path killed = folder.resolve("killed.jsonl");
        Files.write(killed, lines.subList(0, kept + 1));
        Files.writeString(killed, "{\"number\":" + (kept + 1) + ",\"cost\":1,\"wei", StandardOpenOption.APPEND);

        List<EvaluationRecord> made = new ArrayList<>();
        LearnedMix resumed;
        try (RunLog log = RunLog.resume(killed, header)) {
            LearningRun run = run(SETTINGS);
            run.replay(log.earlier());
            run.listen(log);
            run.listen((records, best, spent) -> made.addAll(records));
            resumed = run.run();
        }

        assertThat(resumed.weights()).isEqualTo(undisturbed.weights());
        assertThat(resumed.objective()).isEqualTo(undisturbed.objective());
        assertThat(resumed.history()).hasSameSizeAs(undisturbed.history());
        assertThat(made.size()).isLessThan(undisturbed.history().size());
        // apart from how long each took, the logs are the same
        assertThat(weightsIn(killed)).isEqualTo(weightsIn(whole));
    }

    private static List<String> weightsIn(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .map(l -> l.replaceAll(",\"seconds\":.*", ""))
                .toList();
    }

    @Test
    void a_log_of_another_run_is_refused_and_says_what_differs() {
        Path file = folder.resolve("run.jsonl");
        RunLog.create(file, Recipe.inputs(session, TASK.fewShot(), SETTINGS)).close();

        assertThatThrownBy(() -> RunLog.resume(file, Recipe.inputs(session, TASK.fewShot(), SETTINGS.withSeed(7))))
                .isInstanceOf(EngineException.class)
                .hasMessageEndingWith("belongs to another run. In the log, seed: 42; in this run: 7.");
        assertThatThrownBy(() -> RunLog.create(file, Recipe.inputs(session, TASK.fewShot(), SETTINGS)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("--resume");
    }

    @Test
    void a_stopped_run_gives_the_best_so_far() {
        LearningRun run = run(SETTINGS);
        run.listen((records, best, spent) -> run.stop());

        LearnedMix learned = run.run();

        assertThat(learned.interrupted()).isTrue();
        assertThat(learned.evaluations()).isBetween(1, 19);
    }

    @Test
    void a_finished_run_uses_all_that_was_recorded_and_computes_nothing_more() {
        List<EvaluationRecord> history = run(SETTINGS).run().history();
        LearningRun run = run(SETTINGS);
        run.replay(history.subList(0, 7));
        List<EvaluationRecord> computed = new ArrayList<>();
        run.listen((records, best, spent) -> computed.addAll(records));
        run.finish();

        LearnedMix learned = run.run();

        assertThat(computed).isEmpty();
        assertThat(learned.history()).hasSize(7);
        assertThat(learned.interrupted()).isTrue();
        assertThat(learned.objective())
                .isEqualTo(history.subList(0, 7).stream()
                        .mapToDouble(EvaluationRecord::objective)
                        .min()
                        .orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"exact-match", "similarity", "reference", "io.lorahub.engine.learning.LearningRunTest$Longest"})
    void any_objective_can_be_searched(String objective) {
        LearnedMix learned = run(SETTINGS.withObjective(objective, 2)).run();

        assertThat(learned.objective())
                .isLessThanOrEqualTo(learned.history().get(0).objective());
        assertThat(learned.history().get(0).gradient()).isNull();
    }

    /** A custom objective. */
    public static final class Longest implements Objective {
        @Override
        public double value(List<LearningOutcome> outcomes) {
            return outcomes.stream().mapToDouble(LearningOutcome::loss).max().orElseThrow();
        }
    }

    @Test
    void an_unknown_objective_is_refused_with_the_known_ones() {
        assertThatThrownBy(() -> run(SETTINGS.withObjective("los", 0)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("\"los\"")
                .hasMessageContaining("loss, reference, exact-match, similarity");
    }

    @Test
    void the_report_sets_the_mix_beside_its_controls() {
        LearnedMix learned = run(LearningSettings.DEFAULT).run();

        KnownControls controls = KnownControls.all(
                session,
                session.encode(TASK.fewShot()),
                java.util.Optional.of(session.encode(TASK.heldOut())),
                LearningSettings.DEFAULT,
                learned,
                24);

        assertThat(controls.composed().flatMap(Control::heldOut).orElseThrow().exactMatch())
                .isGreaterThan(30);
        assertThat(controls.base().flatMap(Control::heldOut).orElseThrow().exactMatch())
                .isLessThan(5);
        assertThat(controls.bestSingle().orElseThrow().loss())
                .isGreaterThan(controls.composed().orElseThrow().loss());
        assertThat(controls.singles()).hasSize(5);
        assertThat(controls.verdict()).startsWith("The mix gets ").contains("of 100 held-out examples right");
    }
}
