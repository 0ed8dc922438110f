package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.BoundedLbfgs;
import io.lorahub.engine.optimize.Differentiable;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Minimises a smooth loss plus the regularisation within the bounds. Each weight is split into its positive and its
 * negative part, which makes the sum of |w| linear: weights that do not reduce the loss enough end at exactly zero.
 */
final class SparseMinimizer {

    private final SearchSpace space;
    private final Penalty penalty;
    private final BoundedLbfgs minimizer;
    private final int iterations;

    SparseMinimizer(SearchSpace space, int iterations) {
        this(space, iterations, i -> true);
    }

    /** @param open candidates whose weights may differ from 0 */
    SparseMinimizer(SearchSpace space, int iterations, IntPredicate open) {
        this.space = space;
        penalty = new Penalty(space);
        int n = space.dimension();
        double[] least = new double[2 * n];
        double[] most = new double[2 * n];
        Arrays.fill(least, 0, n, Math.max(0, space.lower()));
        Arrays.fill(least, n, 2 * n, Math.max(0, -space.upper()));
        Arrays.fill(most, 0, n, Math.max(0, space.upper()));
        Arrays.fill(most, n, 2 * n, Math.max(0, -space.lower()));
        for (int i = 0; i < n; i++) {
            if (open.test(i)) continue;
            least[i] = 0;
            least[n + i] = 0;
            most[i] = 0;
            most[n + i] = 0;
        }
        this.iterations = iterations;
        minimizer = new BoundedLbfgs(least, most, iterations);
    }

    /** Minimises within a distance of the start in each weight. */
    double[] minimizeNear(Differentiable loss, double[] start, double[] distance) {
        int n = space.dimension();
        double[] least = new double[2 * n];
        double[] most = new double[2 * n];
        double[] parts = new double[2 * n];
        for (int i = 0; i < n; i++) {
            double lower = Math.max(space.lower(), start[i] - distance[i]);
            double upper = Math.min(space.upper(), start[i] + distance[i]);
            least[i] = Math.max(0, lower);
            most[i] = Math.max(0, upper);
            least[n + i] = Math.max(0, -upper);
            most[n + i] = Math.max(0, -lower);
            parts[i] = Math.max(0, start[i]);
            parts[n + i] = Math.max(0, -start[i]);
        }
        BoundedLbfgs bounded = new BoundedLbfgs(least, most, iterations);
        return joined(bounded.minimize((z, g) -> split(loss, new double[n], z, g), parts)
                .point());
    }

    double[] minimize(Differentiable loss, double[] start) {
        return minimize(loss, start, new double[start.length]);
    }

    /** Minimises over the weights that are not 0 at the start; the others stay 0. */
    double[] minimizeSupport(Differentiable loss, double[] start) {
        return minimize(
                (weights, gradient) -> {
                    double value = loss.value(weights, gradient);
                    IntStream.range(0, start.length).filter(i -> start[i] == 0).forEach(i -> gradient[i] = 0);
                    return value;
                },
                start);
    }

    /** @param dearer cost of each unit of a weight in addition to the regularisation */
    double[] minimize(Differentiable loss, double[] start, double[] dearer) {
        int n = space.dimension();
        double[] parts = new double[2 * n];
        for (int i = 0; i < n; i++) {
            parts[i] = Math.max(0, start[i]);
            parts[n + i] = Math.max(0, -start[i]);
        }
        return joined(
                minimizer.minimize((z, g) -> split(loss, dearer, z, g), parts).point());
    }

    private double split(Differentiable loss, double[] dearer, double[] parts, double[] gradient) {
        int n = space.dimension();
        double[] weights = joined(parts);
        double[] slope = new double[n];
        double value = loss.value(weights, slope) + penalty.rest(weights);
        penalty.addRestGradient(weights, slope);
        for (int i = 0; i < n; i++) {
            double perUnit = penalty.perUnit() + dearer[i];
            value += perUnit * (parts[i] + parts[n + i]);
            gradient[i] = slope[i] + perUnit;
            gradient[n + i] = perUnit - slope[i];
        }
        return value;
    }

    private double[] joined(double[] parts) {
        int n = space.dimension();
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) weights[i] = parts[i] - parts[n + i];
        return weights;
    }
}
