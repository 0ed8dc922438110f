package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.optimize.Observation;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlausibleMixesTest {

    /** With the loss of the only token as the objective. */
    private static EvaluationRecord tried(double objective, double... weights) {
        float[] losses = {(float) objective};
        return new EvaluationRecord(1, 1, new Observation(weights, objective, objective, losses, null), 0.1);
    }

    @Test
    void the_chosen_mix_comes_first_then_plausible_ones_far_from_each_other_then_the_best() {
        List<double[]> mixes = PlausibleMixes.of(
                new double[] {1, 1},
                List.of(
                        tried(9, 0, 3),
                        tried(0.4, 1, 1),
                        tried(Double.NaN, 9, 9),
                        tried(0.5, 1, 0.9),
                        tried(0.6, 1, 0.5),
                        tried(8, 0, 1),
                        tried(0.6, 1, 0.5),
                        tried(Double.POSITIVE_INFINITY, 8, 8)));

        assertThat(mixes)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new double[] {1, 1},
                        new double[] {1, 0.5},
                        new double[] {1, 0.9},
                        new double[] {0, 1},
                        new double[] {0, 3});
    }

    @Test
    void without_likelihoods_those_that_are_no_worse_than_the_best_are_plausible() {
        List<double[]> mixes = PlausibleMixes.of(
                new double[] {1}, List.of(counted(0.2, 1), counted(0.4, 2), counted(0.2, 5), counted(0.2, 3)));

        assertThat(mixes).extracting(mix -> mix[0]).containsExactly(1.0, 5.0, 3.0, 2.0);
    }

    /** As a search for exact matches has it: without losses of tokens. */
    private static EvaluationRecord counted(double objective, double... weights) {
        return new EvaluationRecord(1, 1, new Observation(weights, objective, objective, null, null), 0.1);
    }

    @Test
    void of_many_only_some_are_taken() {
        List<EvaluationRecord> many =
                IntStream.range(0, 100).mapToObj(i -> tried(100 - i, i)).toList();

        assertThat(PlausibleMixes.of(new double[] {99}, many))
                .extracting(mix -> mix[0])
                .containsExactly(99.0, 96.0, 98.0, 97.0, 95.0, 94.0, 93.0, 92.0);
    }

    @Test
    void inputs_on_which_the_mixes_disagree_most_come_first() {
        List<PlausibleMixes.Texts> ranked = PlausibleMixes.ranked(List.of(
                List.of("a", "b", "c", "d"),
                List.of("a", "x", "y", "d"),
                List.of("a", "b", "z", "e"),
                List.of("a", "b", "c", "e")));

        assertThat(ranked).extracting(PlausibleMixes.Texts::input).containsExactly(2, 3, 1, 0);
        assertThat(ranked.get(0).votes()).containsExactly(Map.entry("c", 2L), Map.entry("y", 1L), Map.entry("z", 1L));
        assertThat(ranked.get(0).disagreement()).isCloseTo(1.5 * Math.log(2), within(1e-12));
        assertThat(ranked.get(3).disagreement()).isZero();
    }
}
