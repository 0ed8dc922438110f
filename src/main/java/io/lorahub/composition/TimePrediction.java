package io.lorahub.composition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Seconds that something takes, by how much there is to do: a fixed part, a part for each token and a part for each
 * candidate whose update is added up.
 */
public record TimePrediction(double fixed, double perToken, double perCandidate) {

    /** Of inputs and outputs together. */
    public record Work(double tokens, int candidates) {}

    /** @param weight how much it counts beside others */
    record Measured(Work work, double seconds, double weight) {}

    /**
     * What the expectation of each part weighs beside all that was measured: where all measurements are alike they set the pace, and
     * the expectation tells what is fixed from what grows.
     */
    private static final double STIFFNESS = 0.002;

    /**
     * What an evaluation is expected to take on a processor of two cores, by the model's size: measured on models from
     * 1.6 to 250 million parameters (docs/measurements.md).
     */
    static TimePrediction ofEvaluation(long parameters) {
        double token = 6e-5 + 2.0 * parameters / 3.5e11;
        return new TimePrediction(0.002, token, token);
    }

    /** What comes after a search: predictions of four mixes, which take several times as long as a loss, and files. */
    TimePrediction afterwards() {
        return new TimePrediction(0.3, 12 * perToken, perCandidate);
    }

    double seconds(Work work) {
        return fixed + perToken * work.tokens() + perCandidate * work.candidates();
    }

    TimePrediction times(double factor) {
        return new TimePrediction(factor * fixed, factor * perToken, factor * perCandidate);
    }

    /** By how much what was measured differs from this: the weighted median of the ratios; 1 where nothing was. */
    double pace(List<Measured> measured) {
        List<Measured> sorted = new ArrayList<>(measured);
        sorted.sort(Comparator.comparingDouble(m -> m.seconds() / seconds(m.work())));
        double half = measured.stream().mapToDouble(Measured::weight).sum() / 2;
        double sum = 0;
        for (Measured m : sorted) {
            sum += m.weight();
            if (sum >= half) return m.seconds() / seconds(m.work());
        }
        return 1;
    }

    /**
     * This, made to agree with what was measured: least squares of the relative errors, no part below 0, drawn towards this
     * at the pace of what was measured. Solved part by part, which converges as the sum is strictly convex.
     */
    TimePrediction fitted(List<Measured> measured) {
        if (measured.isEmpty()) return this;
        double[] parts = times(pace(measured)).parts();
        double[] factors = {1, 1, 1};
        double stiffness =
                STIFFNESS * measured.stream().mapToDouble(Measured::weight).sum();
        for (int round = 0; round < 500; round++) {
            for (int j = 0; j < factors.length; j++) {
                double above = stiffness;
                double below = stiffness;
                for (Measured m : measured) {
                    double[] shares = shares(parts, m);
                    double rest = 1;
                    for (int k = 0; k < factors.length; k++) if (k != j) rest -= shares[k] * factors[k];
                    above += m.weight() * shares[j] * rest;
                    below += m.weight() * shares[j] * shares[j];
                }
                factors[j] = Math.max(0, above / below);
            }
        }
        return new TimePrediction(parts[0] * factors[0], parts[1] * factors[1], parts[2] * factors[2]);
    }

    private double[] parts() {
        return new double[] {fixed, perToken, perCandidate};
    }

    /** Of the measured seconds, what each part would come to. */
    private static double[] shares(double[] parts, Measured m) {
        return new double[] {
            parts[0] / m.seconds(),
            parts[1] * m.work().tokens() / m.seconds(),
            parts[2] * m.work().candidates() / m.seconds()
        };
    }
}
