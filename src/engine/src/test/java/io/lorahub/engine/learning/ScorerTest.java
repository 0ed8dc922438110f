package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.LossGradient;
import io.lorahub.testsupport.DemoTask;
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
        try (Scorer scorer = new Scorer(session, session.bank(), examples, part -> part.count() > 2)) {
            LossGradient divided = scorer.gradients(vectors).get(0);
            assertThat(divided.tokenLosses()).containsExactly(whole.tokenLosses(), within(1e-4f));
            assertThat(divided.gradient()).containsExactly(whole.gradient(), within(1e-4));
            for (int e = 0; e < examples.size(); e++) {
                assertThat(divided.ofExamples()[e]).containsExactly(whole.ofExamples()[e], within(1e-4f));
            }
        }
    }
}
