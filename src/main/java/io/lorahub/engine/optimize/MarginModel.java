package io.lorahub.engine.optimize;

import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * Predicts the margin of every label token at weights that were not tried: a Gaussian process with one {@link Kernel}
 * for all tokens, conditioned on the margins at the points that were evaluated and on the gradients of the whole loss
 * where they are known. The base model's margins are its mean.
 */
final class MarginModel {

    /** Standard deviation of what the kernel cannot explain, in logits. */
    private static final double NOISE = 0.05;

    private final Kernel kernel;
    private final double[][] points;
    private final double[] base;
    private final double[][] inverse;
    private final double[][] pull;
    private final GradientEvidence gradients;

    /**
     * @param points  weights [points, N]
     * @param margins of each point's tokens [points, tokens]
     * @param base    margins of the base model
     * @param slopes  gradients of the loss at some of the points
     */
    MarginModel(Kernel kernel, double[][] points, double[][] margins, double[] base, List<LossSlope> slopes) {
        this.kernel = kernel;
        this.points = points;
        this.base = base;
        int n = points.length;
        double[][] covariance = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                covariance[i][j] = kernel.at(points[i], points[j]);
                covariance[j][i] = covariance[i][j];
            }
            covariance[i][i] += NOISE * NOISE;
        }
        RealMatrix inverted = new CholeskyDecomposition(new Array2DRowRealMatrix(covariance, false), 1e-6, 1e-12)
                .getSolver()
                .getInverse();
        inverse = inverted.getData();
        double[][] above = new double[n][];
        for (int i = 0; i < n; i++) {
            above[i] = Vectors.minus(margins[i], base);
        }
        pull = inverted.multiply(new Array2DRowRealMatrix(above, false)).getData();
        gradients = GradientEvidence.of(kernel, points, inverse, pull, slopes);
        gradients.correct(pull);
    }

    int tokens() {
        return base.length;
    }

    Prediction at(double[] weights) {
        return new Prediction(weights);
    }

    /** The margins at one point. */
    final class Prediction {

        private final double[] weights;
        private final double[] margins;
        private final double variance;
        private final double[] explained;

        private Prediction(double[] weights) {
            this.weights = weights;
            double[] covariances = new double[points.length];
            for (int i = 0; i < points.length; i++) {
                covariances[i] = kernel.at(weights, points[i]);
            }
            margins = base.clone();
            for (int i = 0; i < points.length; i++) {
                Vectors.add(margins, covariances[i], pull[i]);
            }
            gradients.addMargins(weights, margins);
            explained = Vectors.times(inverse, covariances);
            variance = Math.max(0, kernel.at(weights, weights) - Vectors.dot(covariances, explained));
        }

        double[] margins() {
            return margins;
        }

        /** The same for every token, as all share the kernel. */
        double variance() {
            return variance;
        }

        /** Gradient with respect to the weights, given what a change of each margin and of the variance is worth. */
        double[] gradient(double[] perMargin, double perVariance) {
            double[] gradient = new double[weights.length];
            for (int i = 0; i < points.length; i++) {
                double factor = Vectors.dot(pull[i], perMargin) - 2 * perVariance * explained[i];
                kernel.addSlope(weights, points[i], factor, gradient);
            }
            // k(w, w) changes through both of its arguments
            kernel.addSlope(weights, weights, 2 * perVariance, gradient);
            gradients.addGradient(weights, perMargin, gradient);
            return gradient;
        }
    }
}
