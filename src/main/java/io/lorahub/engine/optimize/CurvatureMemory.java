package io.lorahub.engine.optimize;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** The last steps and changes of gradient of L-BFGS, and the two-loop recursion over them. */
final class CurvatureMemory {

    private static final int SIZE = 10;

    private record Pair(double[] step, double[] change, double product) {}

    private final Deque<Pair> pairs = new ArrayDeque<>();

    boolean isEmpty() {
        return pairs.isEmpty();
    }

    void forget() {
        pairs.clear();
    }

    /** Keeps what a step taught, unless it says that the function is not convex there. */
    void learn(double[] step, double[] change) {
        double product = Vectors.dot(step, change);
        if (product > 1e-10 * Vectors.dot(change, change)) {
            pairs.addLast(new Pair(step, change, product));
            if (pairs.size() > SIZE) {
                pairs.removeFirst();
            }
        }
    }

    /** A descent step for the free variables; the others stay. */
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

    /** Before any curvature is known, a first step of length 0.1 at most. */
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
        for (int i = 0; i < values.length; i++) {
            masked[i] = free[i] ? values[i] : 0;
        }
        return masked;
    }
}
