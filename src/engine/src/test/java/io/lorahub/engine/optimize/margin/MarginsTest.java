package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MarginsTest {

    @Test
    void loss_and_margin_are_inverse() {
        for (double loss : new double[] {1e-4, 0.3, 0.7, 5, 19}) {
            assertThat(Margins.loss(Margins.of(loss))).isCloseTo(loss, within(1e-9 + 1e-9 * loss));
        }
    }

    @Test
    void losses_without_measure_are_bounded() {
        assertThat(Margins.of(0)).isEqualTo(12);
        assertThat(Margins.of(Double.POSITIVE_INFINITY)).isEqualTo(-20);
        assertThat(Margins.of(Double.NaN)).isEqualTo(-20);
    }

    @Test
    void the_slope_is_the_derivative_of_the_loss() {
        for (double margin : new double[] {-30, -2, 0, 1.5, 30}) {
            double numeric = (Margins.loss(margin + 1e-5) - Margins.loss(margin - 1e-5)) / 2e-5;
            assertThat(Margins.slope(margin)).isCloseTo(numeric, within(1e-8));
        }
    }

    @Test
    void each_example_counts_the_same_however_long() {
        assertThat(Margins.tokenShares(new int[] {0, 1, 1})).containsExactly(0.5, 0.25, 0.25);
    }
}
