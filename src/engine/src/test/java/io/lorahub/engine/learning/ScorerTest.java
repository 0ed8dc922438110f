package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.LossGradient;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gradients of a small real model. */
class ScorerTest {

    private static final DemoTask TASK = DemoTask.named("un-past", 1);
    private static final double[] MIX = {0.9, -0.2, 0.4};

    private final LearningSession session = DemoTask.session(ComposedWeights.EXACT, "un", "past", "plural");

    @AfterEach
    void close() {
        session.close();
    }

    private LossGradient gradient(ExampleSet examples, double[] weights) {
        try (Scorer scorer = session.scorer(examples)) {
            return scorer.gradient(weights);
        }
    }

    @Test
    void few_examples_have_a_gradient_each() {
        assertGradients(MIX);
    }

    @Test
    void so_are_those_with_respect_to_the_weights_of_each_group_of_layers() {
        session.setGroups(LayerGroups.THIRDS);
        assertGradients(new double[] {0.9, 1.1, 0.7, -0.2, 0, 0.1, 0.4, 0.3, 0.5});
    }

    @Test
    void a_mix_that_overflows_predicts_nothing() {
        ExampleSet examples = session.encode(TASK.fewShot());
        try (Scorer scorer = session.scorer(examples)) {
            List<LearningOutcome> outcomes = scorer.outcomes(new double[] {1e38, 1e38, 0}, true);
            assertThat(outcomes).extracting(LearningOutcome::prediction).containsOnly("");
            assertThat(Objectives.named("exact-match", 1).value(outcomes)).isEqualTo(1);
            double[] none = {Double.NaN, 0, 0};
            assertThat(session.generation().generate(session.bank(), examples.inputs(), none, 5))
                    .containsOnly("");
            assertThatThrownBy(() -> session.generation().predict(List.of("lock"), none, 5))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("aren't finite");
        }
    }

    private void assertGradients(double[] mix) {
        ExampleSet examples = session.encode(TASK.fewShot());
        LossGradient all = gradient(examples, mix);

        assertThat(all.ofExamples()).hasDimensions(examples.size(), mix.length);
        double[] mean = new double[mix.length];
        for (int e = 0; e < examples.size(); e++) {
            LossGradient one = gradient(examples.from(e, e + 1), mix);
            for (int i = 0; i < mix.length; i++) {
                assertThat((double) all.ofExamples()[e][i]).isCloseTo(one.gradient()[i], within(1e-4));
                mean[i] += one.gradient()[i] / examples.size();
            }
        }
        assertThat(all.gradient()).containsExactly(mean, within(1e-4));
        try (Scorer scorer = session.scorer(examples)) {
            // computed as one batch
            float[] losses = scorer.tokenLosses(List.of(mix)).get(0);
            IntStream.range(0, losses.length)
                    .forEach(t -> assertThat(all.tokenLosses()[t]).isCloseTo(losses[t], within(1e-4f)));
            for (int i = 0; i < mix.length; i++) {
                assertThat(all.gradient()[i]).isCloseTo(difference(scorer, mix, i), within(2e-2));
            }
        }
    }

    /** The loss of each example. */
    private static double[] losses(Scorer scorer, LossGradient gradient) {
        return scorer.outcomes(MIX, gradient.tokenLosses(), false).stream()
                .mapToDouble(LearningOutcome::loss)
                .toArray();
    }

    private static double difference(Scorer scorer, double[] mix, int index) {
        double step = 1e-2;
        double[] above = mix.clone();
        double[] below = mix.clone();
        above[index] += step;
        below[index] -= step;
        double[] losses = scorer.losses(List.of(above, below));
        return (losses[0] - losses[1]) / (2 * step);
    }

    @Test
    void of_many_examples_only_their_mean_is_computed() {
        List<Example> hundred = TASK.heldOut();
        LossGradient known = gradient(session.encode(hundred), MIX);
        assertThat(known.ofExamples()).hasNumberOfRows(hundred.size());
        LossGradient twice = gradient(
                session.encode(Stream.concat(hundred.stream(), hundred.stream()).toList()), MIX);
        assertThat(twice.ofExamples()).isNull();
        assertThat(twice.gradient()).containsExactly(known.gradient(), within(1e-4));
    }

    @Test
    void examples_that_are_too_large_together_are_divided() {
        ExampleSet examples = session.encode(TASK.fewShot());
        LossGradient whole = gradient(examples, MIX);
        List<double[]> vectors = List.of(MIX, new double[] {0.1, 0.2, 0.3});
        try (Scorer scorer = new Scorer(session, session.bank(), examples, (part, separate) -> part.size() > 2);
                Scorer atOnce = session.scorer(examples)) {
            LossGradient divided = scorer.gradients(vectors).get(0);
            assertThat(losses(scorer, divided)).containsExactly(losses(atOnce, whole), within(1e-4));
            assertThat(divided.gradient()).containsExactly(whole.gradient(), within(1e-4));
            for (int e = 0; e < examples.size(); e++) {
                assertThat(divided.ofExamples()[e]).containsExactly(whole.ofExamples()[e], within(1e-4f));
            }
        }
    }

    @Test
    void without_candidates_the_base_model_is_scored() {
        try (LearningSession alone = LearningSession.alone(Reference.demoHub("base"), Compute.cpu());
                Scorer base = alone.scorer(alone.encode(TASK.heldOut()));
                Scorer mix = session.scorer(session.encode(TASK.heldOut()))) {
            assertThat(base.losses(List.of(new double[0])))
                    .containsExactly(mix.losses(List.of(new double[3])), within(1e-4));
        }
    }

    @Test
    void many_examples_that_are_too_large_together_are_divided() {
        ExampleSet examples = session.encode(
                Stream.concat(TASK.heldOut().stream(), TASK.heldOut().stream()).toList());
        LossGradient whole = gradient(examples, MIX);
        try (Scorer scorer = new Scorer(session, session.bank(), examples, (part, separate) -> part.size() > 50)) {
            LossGradient divided = scorer.gradient(MIX);
            assertThat(divided.ofExamples()).isNull();
            assertThat(divided.gradient()).containsExactly(whole.gradient(), within(1e-4));
            double[] losses = scorer.losses(List.of(MIX, new double[3]));
            try (Scorer atOnce = session.scorer(examples)) {
                assertThat(losses).containsExactly(atOnce.losses(List.of(MIX, new double[3])), within(1e-4));
            }
        }
    }

    @Test
    void long_examples_are_read_one_by_one_and_refused_where_even_one_is_too_long() {
        List<Example> examples = IntStream.range(0, 10)
                .mapToObj(i -> new Example("a".repeat(1900 + i), "a"))
                .toList();
        List<RunMemory> needed = new ArrayList<>();
        ExampleSet few = session.checkMemory(needed::add).encode(examples.subList(0, 1));
        ExampleSet set = session.encode(examples);

        assertThat(needed.get(1).computing() - needed.get(0).computing()).isBetween(500_000_000L, 1_000_000_000L);
        assertThat(session.model().isTooLarge(set.inputs(), set.outputs(), false))
                .isTrue();
        assertThat(session.model().isTooLarge(few.inputs(), few.outputs(), false))
                .isFalse();
        try (Scorer scorer = session.scorer(set);
                Scorer last = session.scorer(set.from(9, 10))) {
            double[] losses = scorer.outcomes(MIX, false).stream()
                    .mapToDouble(LearningOutcome::loss)
                    .toArray();
            assertThat(losses).hasSize(set.size());
            assertThat(losses[set.size() - 1]).isCloseTo(last.losses(List.of(MIX))[0], within(1e-4));
        }

        session.checkMemory(memory -> memory.requireWorker(50_000_000, 1));
        assertThatThrownBy(() -> session.encode(examples))
                .isInstanceOf(RunTooLargeException.class)
                .hasMessageContainingAll("the worker has 50 MB", "shorter examples");
    }

    /** To pack them takes time by the square of their number, if they are packed together. */
    @Test
    void very_many_short_examples_are_prepared_at_once() {
        List<Example> many = IntStream.range(0, 20_000)
                .mapToObj(i -> new Example("word" + i, "w"))
                .toList();
        ExampleSet set = session.encode(many);
        try (Scorer scorer = session.scorer(set)) {
            assertThat(scorer.exampleOfToken()).hasSize(3 * many.size());
        }
    }

    @Test
    void what_training_the_mix_needs_is_known_before_the_search() {
        ExampleSet set = session.encode(TASK.fewShot());
        assertThat(session.model().trainBytes(set.inputs(), set.outputs()))
                .isGreaterThan(session.model().passBytes(set.inputs(), set.outputs()));

        session.checkMemory(memory -> memory.requireWorker(1_000_000, 1));
        LearningSettings search = LearningSettings.DEFAULT;
        new LearningRun(session, set, search);
        assertThatThrownBy(() -> new LearningRun(session, set, search.with(LearningSettings.REFINE_STEPS, 10)))
                .isInstanceOf(RunTooLargeException.class);
    }
}
