package io.lorahub.engine.learning.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectedAccuracyTest {

    /** Two examples of two tokens, whose losses stand in another order. */
    private static ExpectedAccuracy of(double first, double second) {
        float[] losses = {0, (float) second, (float) first, 0};
        return ExpectedAccuracy.of(losses, new int[] {1, 1, 0, 0}, 2);
    }

    @Test
    void the_surer_the_more() {
        assertThat(of(0.01, 0.01).share()).isGreaterThan(85);
        assertThat(of(0.01, 0.5).share())
                .isBetween(of(0.5, 0.5).share(), of(0.01, 0.01).share());
        assertThat(of(3, 3).share()).isLessThan(15);
    }

    @Test
    void one_wrong_token_counts_more_than_a_doubtful_one() {
        double doubtful = of(0.01, 0.69).share();
        assertThat(of(0.01, 0.70).share()).isLessThan(doubtful - 5);
    }

    @Test
    void of_a_mix_that_was_trained_further_each_example_counts() {
        assertThat(ExpectedAccuracy.ofLeftOut(new double[] {1e-3, 1e-3}).share())
                .isBetween(80.0, 90.0);
        assertThat(ExpectedAccuracy.ofLeftOut(new double[] {1e-3, 6}).share()).isBetween(40.0, 45.0);
        assertThat(ExpectedAccuracy.ofLeftOut(new double[] {6, 6, 6}).share()).isLessThan(3);
    }

    @Test
    void bounds_are_around_the_share_and_within_percents() {
        for (double loss = 1e-6; loss < 100; loss *= 1.3) {
            double[] losses = {loss, loss};
            for (ExpectedAccuracy expected : List.of(of(loss, loss), ExpectedAccuracy.ofLeftOut(losses))) {
                assertThat(expected.low()).isBetween(0.0, expected.share());
                assertThat(expected.high()).isBetween(expected.share(), 100.0);
            }
        }
    }

    @Test
    void the_sentence_says_percents() {
        assertThat(new ExpectedAccuracy(79.4, 55, 95).sentence()).contains("about 79 % of other inputs", "55 to 95 %");
    }
}
