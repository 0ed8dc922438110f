package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OptionAccuracyTest {

    private static final List<Example> EXAMPLES =
            List.of(new Example("1", "no"), new Example("2", "yes"), new Example("3", "no"), new Example("4", "yes"));

    @Test
    void the_answer_with_the_highest_probability_counts() {
        double[][] scores = {{-1, -2}, {-2, -1}, {-3, -1}, {-9, -8}};
        OptionAccuracy accuracy = OptionAccuracy.of(scores, EXAMPLES, List.of("no", "yes"));
        assertThat(accuracy.restricted().exactMatch()).isEqualTo(75);
        assertThat(accuracy.restricted().count()).isEqualTo(4);
    }

    @Test
    void calibration_takes_away_what_a_model_prefers_everywhere() {
        // "yes" has 4 nats too many
        double[][] scores = {{-1, 1}, {-2, 4}, {-1, 2}, {-2, 3}};
        OptionAccuracy accuracy = OptionAccuracy.of(scores, EXAMPLES, List.of("no", "yes"));
        assertThat(accuracy.restricted().exactMatch()).isEqualTo(50);
        assertThat(accuracy.calibrated().exactMatch()).isEqualTo(100);
    }

    @Test
    void scores_that_are_no_numbers_are_impossible_answers() {
        double[][] scores = {{-1, Double.NaN}, {Double.NaN, -1}, {Double.NaN, Double.NaN}, {-1, -2}};
        OptionAccuracy accuracy = OptionAccuracy.of(scores, EXAMPLES, List.of("no", "yes"));
        assertThat(accuracy.restricted().exactMatch()).isEqualTo(75);
    }

    @Test
    void one_output_or_very_many_are_no_classification() {
        assertThat(OptionAccuracy.options(EXAMPLES)).containsExactly("no", "yes");
        assertThatThrownBy(() -> OptionAccuracy.options(EXAMPLES.subList(0, 1)))
                .hasMessage(
                        "The examples have 1 different outputs; answer options need 2 to 50, as in a classification.");
        List<Example> many =
                IntStream.range(0, 60).mapToObj(i -> new Example("x", "y" + i)).toList();
        assertThatThrownBy(() -> OptionAccuracy.options(many)).hasMessageContaining("60 different outputs");
    }
}
