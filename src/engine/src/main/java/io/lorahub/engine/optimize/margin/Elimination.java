package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Differentiable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Backward elimination: leaves out the weight of a mix without which a predicted objective is lowest, fits the others
 * again, and so on. Of many weights it leaves out several at once.
 */
final class Elimination {

    /** Share of the weights that are left out at once; at least one is. */
    private static final int AT_ONCE = 12;

    private final SparseMinimizer minimizer;

    Elimination(SparseMinimizer minimizer) {
        this.minimizer = minimizer;
    }

    /**
     * Returns ever sparser forms of a mix, down to a single weight.
     *
     * @param loss      the predicted loss, by which weights are fitted
     * @param objective the predicted loss with the regularisation
     */
    List<double[]> forms(Differentiable loss, ToDoubleFunction<double[]> objective, double[] mix) {
        List<double[]> forms = new ArrayList<>();
        double[] at = mix;
        for (int left = support(at); left > 1; left = support(at)) {
            double[] from = at;
            double[] rest = at.clone();
            used(at).boxed()
                    .sorted(Comparator.comparingDouble(i -> objective.applyAsDouble(without(from, i))))
                    .limit(Math.max(1, left / AT_ONCE))
                    .forEach(i -> rest[i] = 0);
            at = minimizer.minimizeSupport(loss, rest);
            forms.add(at);
        }
        return forms;
    }

    private static IntStream used(double[] weights) {
        return IntStream.range(0, weights.length).filter(i -> weights[i] != 0);
    }

    private static double[] without(double[] weights, int index) {
        double[] rest = weights.clone();
        rest[index] = 0;
        return rest;
    }

    static int support(double[] weights) {
        return (int) Arrays.stream(weights).filter(w -> w != 0).count();
    }
}
