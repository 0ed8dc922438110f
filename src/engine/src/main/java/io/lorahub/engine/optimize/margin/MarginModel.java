package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Vectors;
import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * Predicts the margin of every label token at untried weights: a Gaussian process with one {@link Kernel} for all
 * tokens, conditioned on the margins at the evaluated points and on known gradients of the loss. Its mean is the
 * base model's margins.
 */
final class MarginModel {

    /** Standard deviation of the effects that the kernel cannot explain, in logits. */
    private static final double NOISE = 0.05;

    private final Kernel kernel;
    private final double[][] points;
    private final double[] base;
    private final double[][] inverse;
    private final double[][] pull;
    private final GradientEvidence gradients;

    /**
     * @param points  weights [points, N]
     * @param margins margins of each point's tokens [points, tokens]
     * @param base    margins of the base model
     * @param slopes  gradients of the loss, or of each example's, at some of the points
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
        for (int i = 0; i < n; i++) above[i] = Vectors.minus(margins[i], base);
        pull = inverted.multiply(new Array2DRowRealMatrix(above, false)).getData();
        gradients = GradientEvidence.of(kernel, points, inverse, pull, slopes);
        gradients.correct(pull);
    }

    Prediction at(double[] weights) {
        return new Prediction(weights);
    }

    /** The predicted margins at one point. */
    final class Prediction {

        private final double[] weights;
        private final double[] margins;
        private final double variance;
        private final double[] explained;

        private Prediction(double[] weights) {
            this.weights = weights;
            double[] covariances = new double[points.length];
            for (int i = 0; i < points.length; i++) covariances[i] = kernel.at(weights, points[i]);
            margins = base.clone();
            for (int i = 0; i < points.length; i++) Vectors.add(margins, covariances[i], pull[i]);
            gradients.addMargins(weights, margins);
            explained = Vectors.times(inverse, covariances);
            variance = Math.max(0, kernel.at(weights, weights) - Vectors.dot(covariances, explained));
        }

        double[] margins() {
            return margins;
        }

        /** The variance, which is the same for every token because all share the kernel. */
        double variance() {
            return variance;
        }

        /** Gradient with respect to the weights, given the derivatives with respect to each margin and the variance. */
        double[] gradient(double[] perMargin, double perVariance) {
            double[] gradient = new double[weights.length];
            for (int i = 0; i < points.length; i++) {
                double factor = Vectors.dot(pull[i], perMargin) - 2 * perVariance * explained[i];
                kernel.addSlope(weights, points[i], factor, gradient);
            }
            // k(w, w) depends on w through both of its arguments
            kernel.addSlope(weights, weights, 2 * perVariance, gradient);
            gradients.addGradient(weights, perMargin, gradient);
            return gradient;
        }
    }
}
