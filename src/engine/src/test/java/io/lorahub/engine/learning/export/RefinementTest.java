package io.lorahub.engine.learning.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.learning.recipe.WrittenRecipe;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RefinementTest extends ExportFixture {

    @Test
    void what_is_written_is_what_was_trained() {
        List<Double> losses = new ArrayList<>();
        Path out = folder.resolve("out");
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "past")) {
            ExampleSet set = session.encode(TASK.fewShot());
            Refinement refinement = new Refinement(10, 0.002);
            Refinement.Training trained = refinement.write(session, set, out, false, (step, loss) -> losses.add(loss));
            int made = trained.steps();
            // the adapter itself stays as it is
            double before = mean(losses(session, TASK.fewShot(), 1));
            // first without each of the five examples in turn
            assertThat(losses).hasSize(50 + made).hasSizeLessThanOrEqualTo(refinement.mostSteps(set.size()));
            assertThat(made).isBetween(1, 10);
            assertThat(trained.leftOut()).hasSize(5);
            assertThat(Arrays.stream(trained.leftOut()).min().orElseThrow()).isPositive();
            assertThat(trained.expected()).isPresent();
            assertThat(losses.get(49 + made)).isLessThan(losses.get(50) / 2);
            try (LearningSession refined = merged(out)) {
                double after = mean(losses(refined, TASK.fewShot(), 1));
                assertThat(after).isLessThan(before / 2);
            }
        }
        try (LoraAdapter past = LoraAdapter.load(Reference.demoHub("adapters/past"));
                LoraAdapter written = LoraAdapter.load(out)) {
            assertThat(written.modules().keySet()).isEqualTo(past.modules().keySet());
            assertThat(written.modules().values())
                    .allSatisfy(module -> assertThat(module.rank())
                            .isEqualTo(past.modules().get(module.name()).rank()));
        }
    }

    /** Adam's first step moves each number by the rate, against its derivative. */
    @Test
    void the_first_step_goes_down_the_slope() {
        double rate = 1e-5;
        double[] losses = new double[2];
        List<Example> one = TASK.fewShot().subList(0, 1); // so it is made, however little it helps
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "past")) {
            ExampleSet set = session.encode(one);
            int made = new Refinement(1, rate)
                    .write(session, set, folder.resolve("one"), false, (step, loss) -> losses[0] = loss)
                    .steps();
            assertThat(made).isOne();
        }
        try (LearningSession after = merged(folder.resolve("one"));
                LoraAdapter past = LoraAdapter.load(Reference.demoHub("adapters/past"));
                LoraAdapter first = LoraAdapter.load(folder.resolve("one"))) {
            new Refinement(1, rate)
                    .write(after, after.encode(one), folder.resolve("two"), false, (step, loss) -> losses[1] = loss);
            past.modules().forEach((name, module) -> {
                float[] old = module.a().toFloats();
                float[] moved = first.modules().get(name).a().toFloats();
                for (int i = 0; i < old.length; i++) {
                    double distance = Math.abs(moved[i] - old[i]);
                    assertThat(distance).isLessThan(1.01 * rate + 1e-7);
                }
            });
        }
        assertThat(losses[1]).isLessThan(losses[0]).isCloseTo(losses[0], Offset.offset(0.5));
    }

    @Test
    void a_full_model_of_a_refined_mix_is_refused_and_nothing_written() {
        LearningSettings settings = LearningSettings.DEFAULT.withBudget(2).with(LearningSettings.REFINE_STEPS, 5);
        Path out = folder.resolve("full");
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "past")) {
            ExampleSet set = session.encode(TASK.fewShot());
            LearnedMix learned = new LearningRun(session, set, settings).run();
            assertThatThrownBy(() -> write(session, set, settings, learned, ExportOptions.compact(true, false), out))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("without refinement steps");
        }
        assertThat(out).doesNotExist();
    }

    @Test
    void the_mix_of_a_search_is_trained_and_its_recipe_makes_the_same_adapter_again() throws IOException {
        LearningSettings settings = LearningSettings.DEFAULT.withBudget(10).with(LearningSettings.REFINE_STEPS, 5);
        Path out = folder.resolve("refined");
        Path mix = folder.resolve("mix");
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "un", "past")) {
            ExampleSet set = session.encode(TASK.fewShot());
            LearnedMix learned = new LearningRun(session, set, settings).run();
            write(session, set, settings, learned, out);
            write(session, set, LearningSettings.DEFAULT, learned, mix);
            assertThat(Files.list(out).map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors", "recipe.json");
            WrittenRecipe recipe = WrittenRecipe.read(out.resolve("recipe.json"));
            WrittenRecipe.Refined refined = recipe.refined().orElseThrow();
            assertThat(refined.steps()).isEqualTo(5);
            assertThat(recipe.settings().refineSteps()).hasValue(5);
            assertThat(refined.examples()).isEqualTo(TASK.fewShot());
            assertThat(refined.sha256()).isEqualTo(FileHashes.sha256(out.resolve("adapter_model.safetensors")));
            assertThat(Refinement.repeat(session, learned.vector(), refined, (step, loss) -> {}))
                    .isEqualTo(refined.sha256());
        }
        try (LearningSession plain = merged(mix)) {
            // trained later, with the recipe of the search
            new Refinement(5, Refinement.DEFAULT.rate())
                    .write(plain, plain.encode(TASK.fewShot()), folder.resolve("later"), false, (step, loss) -> {});
        }
        WrittenRecipe later = WrittenRecipe.read(folder.resolve("later").resolve("recipe.json"));
        WrittenRecipe first = WrittenRecipe.read(out.resolve("recipe.json"));
        assertThat(later.weights()).isEqualTo(first.weights());
        assertThat(later.refined()).isEqualTo(first.refined());
    }

    private static void write(
            LearningSession session, ExampleSet set, LearningSettings settings, LearnedMix learned, Path out) {
        write(session, set, settings, learned, ExportOptions.compact(false, false), out);
    }

    private static void write(
            LearningSession session,
            ExampleSet set,
            LearningSettings settings,
            LearnedMix learned,
            ExportOptions options,
            Path out) {
        Refinement.writeMix(
                session,
                set,
                settings,
                learned,
                options,
                report -> Recipe.of(session, set.examples(), settings, learned),
                out,
                (step, loss) -> {});
    }

    @Test
    void many_examples_take_turns() {
        List<Double> losses = new ArrayList<>();
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "past")) {
            List<Example> many = new ArrayList<>();
            many.addAll(Collections.nCopies(20, TASK.fewShot().get(0)));
            many.addAll(Collections.nCopies(5, TASK.fewShot().get(1)));
            new Refinement(2, 1e-9)
                    .write(
                            session,
                            session.encode(many),
                            folder.resolve("out"),
                            false,
                            (step, loss) -> losses.add(loss));
        }
        assertThat(losses.get(0)).isNotEqualTo(losses.get(1));
    }

    @Test
    void what_no_longer_helps_examples_that_are_left_out_is_not_done() {
        Path out = folder.resolve("out");
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "past")) {
            // each says the contrary of all others
            List<Example> nonsense = List.of(
                    new Example("lock", "fold"),
                    new Example("lock", "pack"),
                    new Example("lock", "walk"),
                    new Example("lock", "jump"),
                    new Example("lock", "sing"));
            Refinement.Training trained =
                    new Refinement(40, 0.02).write(session, session.encode(nonsense), out, false, (step, loss) -> {});
            assertThat(trained.steps()).isLessThan(40);
            // no other example tells what the one left out says
            assertThat(Arrays.stream(trained.leftOut()).min().orElseThrow()).isGreaterThan(1);
        }
    }

    @Test
    void steps_that_hardly_help_are_not_made() {
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "past")) {
            int made = new Refinement(5, 1e-7)
                    .write(session, session.encode(TASK.fewShot()), folder.resolve("out"), false, (step, loss) -> {})
                    .steps();
            assertThat(made).isZero();
        }
    }

    @Test
    void a_single_example_is_trained_on_for_all_steps() {
        List<Double> losses = new ArrayList<>();
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "past")) {
            Refinement.Training trained = new Refinement(3, 0.001)
                    .write(
                            session,
                            session.encode(TASK.fewShot().subList(0, 1)),
                            folder.resolve("out"),
                            false,
                            (step, loss) -> losses.add(loss));
            assertThat(trained.steps()).isEqualTo(3);
            assertThat(trained.leftOut()).isEmpty();
            assertThat(trained.expected()).isEmpty();
            assertThat(losses).hasSize(3);
        }
    }

    @Test
    void settings_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> new Refinement(0, 0.001)).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> new Refinement(10_001, 0.001)).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> new Refinement(1, Double.NaN)).isInstanceOf(EngineException.class);
    }

    private static double mean(double[] losses) {
        return Arrays.stream(losses).average().orElseThrow();
    }
}
