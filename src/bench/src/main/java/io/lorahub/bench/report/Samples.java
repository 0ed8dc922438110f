package io.lorahub.bench.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Numbers that were measured, in ascending order; at least one. */
public record Samples(double[] sorted) {

    private static final int RESAMPLES = 10_000;

    public Samples {
        sorted = sorted.clone();
        Arrays.sort(sorted);
    }

    public static Samples of(Collection<Double> values) {
        return of(values, v -> v);
    }

    /** @param value what was measured of each */
    public static <T> Samples of(Collection<T> measured, ToDoubleFunction<T> value) {
        return new Samples(measured.stream().mapToDouble(value).toArray());
    }

    public double median() {
        return quantile(0.5);
    }

    /** Interpolates between the two nearest values, as most programs do (type 7 of Hyndman and Fan 1996). */
    public double quantile(double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    public double mean() {
        return Arrays.stream(sorted).average().orElseThrow();
    }

    /** The 95 % percentile-bootstrap interval of the mean (Efron 1979), the same in every call. */
    public double[] meanInterval() {
        SplittableRandom random = new SplittableRandom(1);
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int k = 0; k < sorted.length; k++) {
                means[i] += sorted[random.nextInt(sorted.length)] / sorted.length;
            }
        }
        Samples resampled = new Samples(means);
        return new double[] {resampled.quantile(0.025), resampled.quantile(0.975)};
    }
}
