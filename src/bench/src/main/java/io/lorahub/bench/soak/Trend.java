package io.lorahub.bench.soak;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import java.util.Arrays;

/**
 * How a measured number changes over time.
 *
 * @param first  median of the first third
 * @param last   median of the last third
 * @param hourly slope of the line that fits the last two thirds best, an hour; what comes before warms up
 * @param rise   of that line from its begin to its end
 * @param spread standard deviation from that line
 * @param count  of the values
 */
record Trend(double first, double last, double hourly, double rise, double spread, int count) {

    /** Numbers of spreads that a rise has to exceed to count. */
    private static final int NOTICED = 2;

    /** Of fewer values no rise is told from chance. */
    private static final int ENOUGH = 15;

    /** Fewer values have no trend. */
    static final int FEWEST = 6;

    /**
     * @param minutes when they were measured, in ascending order
     * @param values  as many, {@link #FEWEST} at least
     */
    static Trend of(double[] minutes, double[] values) {
        int third = values.length / 3;
        double[] x = Arrays.copyOfRange(minutes, third, minutes.length);
        double[] y = Arrays.copyOfRange(values, third, values.length);
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double squares = 0;
        double products = 0;
        for (int i = 0; i < x.length; i++) {
            squares += (x[i] - meanX) * (x[i] - meanX);
            products += (x[i] - meanX) * (y[i] - meanY);
        }
        double slope = products / squares;
        double rest = 0;
        for (int i = 0; i < x.length; i++) rest += Math.pow(y[i] - meanY - slope * (x[i] - meanX), 2);
        return new Trend(
                new Samples(Arrays.copyOf(values, third)).median(),
                new Samples(Arrays.copyOfRange(values, values.length - third, values.length)).median(),
                60 * slope,
                slope * (x[x.length - 1] - x[0]),
                Math.sqrt(rest / (x.length - 2)),
                values.length);
    }

    /** Whether the line rises by more than the values spread around it, and by more than one part in a hundred. */
    boolean grows() {
        return count >= ENOUGH && rise > NOTICED * spread && rise > last / 100;
    }

    ObjectNode json() {
        return BenchOutput.JSON
                .createObjectNode()
                .put("first_third", first)
                .put("last_third", last)
                .put("per_hour", hourly)
                .put("rise", rise)
                .put("spread", spread);
    }
}
