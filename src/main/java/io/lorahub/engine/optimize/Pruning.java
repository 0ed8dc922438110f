package io.lorahub.engine.optimize;

import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes sparser forms of a mix. The sum of |w| is made dearer in steps, which brings weights that do little to zero; what
 * is left is fitted again without that cost (the relaxed lasso).
 */
final class Pruning {

    private static final double[] COSTS = {0.007, 0.015, 0.03, 0.06, 0.1, 0.2, 0.3, 0.5};

    private final SparseMinimizer minimizer;

    Pruning(SparseMinimizer minimizer) {
        this.minimizer = minimizer;
    }

    static int support(double[] weights) {
        return (int) Arrays.stream(weights).filter(w -> w != 0).count();
    }

    /** The sparsest first. */
    List<double[]> forms(Differentiable loss, double[] weights) {
        LinkedList<double[]> forms = new LinkedList<>();
        double[] from = weights;
        for (double cost : COSTS) {
            double[] dearer = new double[weights.length];
            Arrays.fill(dearer, cost);
            from = minimizer.minimize(loss, from, dearer);
            if (support(from) == 0) break;
            forms.addFirst(fitted(loss, from));
        }
        return forms;
    }

    private double[] fitted(Differentiable loss, double[] from) {
        return minimizer.minimize(
                (weights, gradient) -> {
                    double value = loss.value(weights, gradient);
                    IntStream.range(0, from.length).filter(i -> from[i] == 0).forEach(i -> gradient[i] = 0);
                    return value;
                },
                from);
    }
}
