package io.lorahub.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendTest {

    private static final double[] MINUTES =
            IntStream.range(0, 30).mapToDouble(i -> i).toArray();

    /** Values with a spread of 1 around a line. */
    private static Trend trend(DoubleUnaryOperator line) {
        Random random = new Random(1);
        return Trend.of(
                MINUTES,
                IntStream.range(0, 30)
                        .mapToDouble(i -> line.applyAsDouble(i) + random.nextGaussian())
                        .toArray());
    }

    @Test
    void what_only_spreads_does_not_grow() {
        Trend trend = trend(minute -> 100);

        assertThat(trend.grows()).isFalse();
        assertThat(trend.spread()).isCloseTo(1, within(0.4));
        assertThat(trend.first()).isCloseTo(100, within(1.0));
    }

    @Test
    void what_warms_up_in_the_first_third_does_not_grow() {
        assertThat(trend(minute -> Math.min(minute, 10) * 20).grows()).isFalse();
    }

    @Test
    void what_rises_all_the_time_grows() {
        Trend trend = trend(minute -> 100 + minute / 4);

        assertThat(trend.grows()).isTrue();
        assertThat(trend.hourly()).isCloseTo(15, within(4.0));
        assertThat(trend.last()).isGreaterThan(trend.first());
    }
}
