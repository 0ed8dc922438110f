package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Vectors;

/**
 * Prior covariance of a token's margin, less that of the base model, at two points: a linear part (each adapter adds
 * its own effect), a quadratic part (pairs of adapters interact) and a local part for all other effects.
 *
 * @param linear    variance of a margin's slope along one weight
 * @param quadratic variance of the interaction of two weights
 * @param local     variance of the local part
 * @param width     distance of weights over which the local part is similar
 */
record Kernel(double linear, double quadratic, double local, double width) {

    /**
     * For pairs of single candidates, in squared logits and weights: ranks the true partner first most often on the
     * tuning half of the pairs (docs/search.md).
     */
    static final Kernel PAIRS = new Kernel(16, 4, 4, 1.2);

    /** For steps from a pair: near the width that makes the errors of predicted margins most likely there. */
    static final Kernel STEPS = new Kernel(4, 4, 16, 0.5);

    double at(double[] x, double[] y) {
        double product = Vectors.dot(x, y);
        return linear * product + quadratic * product * product + near(x, y);
    }

    /** Returns the local part only. */
    double near(double[] x, double[] y) {
        double distance = 0;
        for (int i = 0; i < x.length; i++) distance += (x[i] - y[i]) * (x[i] - y[i]);
        return local * StrictMath.exp(-distance / (2 * width * width));
    }

    /** Adds factor times the gradient of at(x, y) with respect to x. */
    void addSlope(double[] x, double[] y, double factor, double[] sum) {
        double near = near(x, y) / (width * width);
        double straight = linear + 2 * quadratic * Vectors.dot(x, y);
        for (int i = 0; i < x.length; i++) sum[i] += factor * (straight * y[i] - near * (x[i] - y[i]));
    }

    /**
     * Covariance of the derivatives along two directions that are orthogonal to all points, per unit of the directions'
     * inner product.
     */
    double slopeAcross(double[] x, double[] y) {
        return linear + 2 * quadratic * Vectors.dot(x, y) + near(x, y) / (width * width);
    }

    /** Second derivative of at(x, y) with respect to x[i] and y[j]. */
    double bend(double[] x, double[] y, int i, int j, double across, double near) {
        double w2 = width * width;
        double bend = 2 * quadratic * y[i] * x[j] - near / (w2 * w2) * (x[i] - y[i]) * (x[j] - y[j]);
        return i == j ? bend + across : bend;
    }

    /** Variance of a slope at zero. */
    double slopeVariance() {
        return linear + local / (width * width);
    }
}
