package io.lorahub.engine.optimize;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * Limited-memory BFGS with a projected line search: minimises a smooth function within lower and upper bounds.
 * Variables at a bound that would leave it are fixed for the step (the two-metric projection of Bertsekas, 1982).
 */
public final class BoundedLbfgs {

    private static final int LINE_SEARCH_STEPS = 20;
    private static final double SUFFICIENT_DECREASE = 1e-4;

    private final double[] lower;
    private final double[] upper;
    private final int iterations;

    public BoundedLbfgs(double[] lower, double[] upper, int iterations) {
        this.lower = lower;
        this.upper = upper;
        this.iterations = iterations;
    }

    public record Minimum(double[] point, double value) {}

    public Minimum minimize(Differentiable function, double[] start) {
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
            if (next == null && memory.isEmpty()) break;
            if (next == null) {
                memory.forget();
                continue;
            }
            memory.learn(Vectors.minus(next.point(), x), Vectors.minus(nextGradient, gradient));
            boolean settled = value - next.value() <= 1e-12 * Math.max(1e-3, Math.abs(value));
            x = next.point();
            value = next.value();
            gradient = nextGradient;
            if (settled) break;
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
            for (int i = 0; i < x.length; i++) there[i] = x[i] + length * step[i];
            there = project(there);
            if (Arrays.equals(there, x)) return null;
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
        for (int i = 0; i < x.length; i++) inside[i] = Math.min(upper[i], Math.max(lower[i], x[i]));
        return inside;
    }

    /** The latest steps and gradient changes of L-BFGS, with the two-loop recursion over them. */
    private static final class CurvatureMemory {

        private static final int SIZE = 10;

        private record Pair(double[] step, double[] change, double product) {}

        private final Deque<Pair> pairs = new ArrayDeque<>();

        boolean isEmpty() {
            return pairs.isEmpty();
        }

        void forget() {
            pairs.clear();
        }

        /** Stores a step, unless it shows that the function is not convex there. */
        void learn(double[] step, double[] change) {
            double product = Vectors.dot(step, change);
            if (product > 1e-10 * Vectors.dot(change, change)) {
                pairs.addLast(new Pair(step, change, product));
                if (pairs.size() > SIZE) pairs.removeFirst();
            }
        }

        /** Returns a descent step for the free variables; the others stay unchanged. */
        double[] step(double[] gradient, boolean[] free) {
            double[] q = masked(gradient, free);
            double[] alpha = new double[pairs.size()];
            int k = pairs.size();
            for (Iterator<Pair> latest = pairs.descendingIterator(); latest.hasNext(); ) {
                Pair pair = latest.next();
                alpha[--k] = Vectors.dot(pair.step(), q) / pair.product();
                Vectors.add(q, -alpha[k], pair.change());
            }
            Vectors.scale(q, firstScale(gradient, free));
            for (Pair pair : pairs) {
                double beta = Vectors.dot(pair.change(), q) / pair.product();
                Vectors.add(q, alpha[k++] - beta, pair.step());
            }
            Vectors.scale(q, -1);
            return masked(q, free);
        }

        /** Limits the first step to length 0.1 until curvature is known. */
        private double firstScale(double[] gradient, boolean[] free) {
            if (pairs.isEmpty()) {
                double[] g = masked(gradient, free);
                return Math.min(1, 0.1 / Math.max(1e-12, Math.sqrt(Vectors.dot(g, g))));
            }
            Pair last = pairs.peekLast();
            return last.product() / Vectors.dot(last.change(), last.change());
        }

        private static double[] masked(double[] values, boolean[] free) {
            double[] masked = new double[values.length];
            for (int i = 0; i < values.length; i++) masked[i] = free[i] ? values[i] : 0;
            return masked;
        }
    }
}
