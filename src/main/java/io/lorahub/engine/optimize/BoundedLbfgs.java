package io.lorahub.engine.optimize;

import java.util.Arrays;

/**
 * Limited-memory BFGS with a projected line search: minimises a smooth function within lower and upper bounds. Variables
 * that sit on a bound and would leave it are held for the step (the two-metric projection of Bertsekas, 1982).
 */
final class BoundedLbfgs {

    private static final int LINE_SEARCH_STEPS = 20;
    private static final double SUFFICIENT_DECREASE = 1e-4;

    private final double[] lower;
    private final double[] upper;
    private final int iterations;

    BoundedLbfgs(double[] lower, double[] upper, int iterations) {
        this.lower = lower;
        this.upper = upper;
        this.iterations = iterations;
    }

    record Minimum(double[] point, double value) {}

    Minimum minimize(Differentiable function, double[] start) {
        double[] x = project(start);
        double[] gradient = new double[x.length];
        double value = function.value(x, gradient);
        CurvatureMemory memory = new CurvatureMemory();
        for (int iteration = 0; iteration < iterations; iteration++) {
            boolean[] free = free(x, gradient);
            double[] step = memory.step(gradient, free);
            if (Vectors.dot(step, gradient) >= 0) {
                memory.forget();
                step = memory.step(gradient, free);
            }
            double[] nextGradient = new double[x.length];
            Minimum next = search(function, x, value, gradient, step, nextGradient);
            if (next == null && memory.isEmpty()) {
                break;
            }
            if (next == null) {
                memory.forget();
                continue;
            }
            memory.learn(Vectors.minus(next.point(), x), Vectors.minus(nextGradient, gradient));
            boolean settled = value - next.value() <= 1e-12 * Math.max(1e-3, Math.abs(value));
            x = next.point();
            value = next.value();
            gradient = nextGradient;
            if (settled) {
                break;
            }
        }
        return new Minimum(x, value);
    }

    private Minimum search(
            Differentiable function,
            double[] x,
            double value,
            double[] gradient,
            double[] step,
            double[] gradientThere) {
        double length = 1;
        for (int attempt = 0; attempt < LINE_SEARCH_STEPS; attempt++, length /= 2) {
            double[] there = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                there[i] = x[i] + length * step[i];
            }
            there = project(there);
            if (Arrays.equals(there, x)) {
                return null;
            }
            double valueThere = function.value(there, gradientThere);
            double promised = Vectors.dot(gradient, Vectors.minus(there, x));
            if (valueThere <= value + SUFFICIENT_DECREASE * Math.min(0, promised) && valueThere < value) {
                return new Minimum(there, valueThere);
            }
        }
        return null;
    }

    private boolean[] free(double[] x, double[] gradient) {
        boolean[] free = new boolean[x.length];
        for (int i = 0; i < x.length; i++) {
            free[i] = !(x[i] <= lower[i] && gradient[i] > 0) && !(x[i] >= upper[i] && gradient[i] < 0);
        }
        return free;
    }

    private double[] project(double[] x) {
        double[] inside = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            inside[i] = Math.min(upper[i], Math.max(lower[i], x[i]));
        }
        return inside;
    }
}
