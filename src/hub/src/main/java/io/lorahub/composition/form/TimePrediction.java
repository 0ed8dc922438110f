package io.lorahub.composition.form;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Predicts the seconds that work takes from its amount: a fixed part, a part per token and a part per candidate whose
 * update is added.
 */
public record TimePrediction(double fixed, double perToken, double perCandidate) {

    /** @param tokens tokens of inputs and outputs together */
    public record Work(double tokens, int candidates) {}

    /** @param weight weight relative to other measurements */
    record Measured(Work work, double seconds, double weight) {}

    /**
     * Weight of the prior of each part relative to all measurements: if all measurements are alike they determine the
     * pace, and the prior separates the fixed part from those that grow.
     */
    private static final double STIFFNESS = 0.002;

    /**
     * Expected time of an evaluation on a two-core processor, by the model's size: measured on models from 1.6 to 250
     * million parameters (docs/measurements.md).
     */
    static TimePrediction ofEvaluation(long parameters) {
        double token = 6e-5 + 2.0 * parameters / 3.5e11;
        return new TimePrediction(0.002, token, token);
    }

    /** Time after a search: predictions of four mixes, which take several times as long as a loss, and files. */
    TimePrediction afterwards() {
        return new TimePrediction(0.3, 12 * perToken, perCandidate);
    }

    double seconds(Work work) {
        return fixed + perToken * work.tokens() + perCandidate * work.candidates();
    }

    TimePrediction times(double factor) {
        return new TimePrediction(factor * fixed, factor * perToken, factor * perCandidate);
    }

    /** Ratio of the measured times to this prediction: the weighted median; 1 if there are no measurements. */
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
     * Fits this prediction to measurements: least squares of the relative errors, no part below 0, regularised towards
     * this prediction at the measured pace. Solved part by part, which converges because the sum is strictly convex.
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

    /** The time of each part as a share of the measured seconds. */
    private static double[] shares(double[] parts, Measured m) {
        return new double[] {
            parts[0] / m.seconds(),
            parts[1] * m.work().tokens() / m.seconds(),
            parts[2] * m.work().candidates() / m.seconds()
        };
    }
}
