package io.lorahub.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {

    /** As numpy.percentile gives. */
    @Test
    void quantiles_lie_between_neighbours() {
        Samples sample = Samples.of(List.of(4.0, 1.0, 2.0, 10.0));

        assertThat(sample.median()).isEqualTo(3.0);
        assertThat(sample.quantile(0.25)).isEqualTo(1.75);
        assertThat(sample.quantile(0.75)).isEqualTo(5.5);
        assertThat(sample.quantile(1)).isEqualTo(10.0);
    }

    /** For 200 even coin tosses the normal approximation is 0.5 ± 1.96 · 0.5 / √200. */
    @Test
    void the_interval_of_a_mean_is_about_that_of_the_normal_approximation() {
        double[] tosses = new double[200];
        for (int i = 0; i < 100; i++) {
            tosses[i] = 1;
        }
        double[] interval = new Samples(tosses).meanInterval();

        assertThat(interval[0]).isCloseTo(0.4307, within(0.01));
        assertThat(interval[1]).isCloseTo(0.5693, within(0.01));
    }

    @Test
    void a_single_value_has_no_spread() {
        assertThat(new Samples(new double[] {3}).meanInterval()).containsExactly(3, 3);
    }

    @Test
    void columns_are_aligned() {
        String table = new TextTable("name", "value")
                .row(List.of("a", "1.25"))
                .row(List.of("longer", "100"))
                .toString();

        assertThat(table).isEqualTo("name    value\na        1.25\nlonger    100\n");
    }
}
