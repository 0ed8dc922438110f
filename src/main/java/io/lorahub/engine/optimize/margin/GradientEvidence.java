package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Vectors;
import java.util.Arrays;
import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.DecompositionSolver;

/**
 * The information that gradients of the loss add to a {@link MarginModel}. A gradient is a sum over tokens of the
 * margins' own gradients, each times the known slope of its loss. It is therefore one more linear observation of the
 * process, and conditioning on it is exact. Two gradients g_r, g_s at z_r, z_s have the covariance (h_r · h_s)
 * ∂∂'C(z_r, z_s), where h are the slopes per token and C is the remaining covariance once the margins are known.
 *
 * <p>With many candidates, the evaluated points span few directions; all directions orthogonal to them share one small
 * system.
 */
final class GradientEvidence {

    /** Relative error assumed for gradients, as a share of their standard deviation. */
    private static final double DOUBT = 0.02;

    private final Kernel kernel;
    private final double[][] places;
    private final double[][] perMargin;
    private final double[][] weights;
    private final double[][] corrections;

    private GradientEvidence(
            Kernel kernel, double[][] places, double[][] perMargin, double[][] weights, double[][] corrections) {
        this.kernel = kernel;
        this.places = places;
        this.perMargin = perMargin;
        this.weights = weights;
        this.corrections = corrections;
    }

    static GradientEvidence of(
            Kernel kernel, double[][] points, double[][] inverse, double[][] pull, List<LossSlope> slopes) {
        int count = slopes.size();
        double[][] places = new double[count][];
        double[][] perMargin = new double[count][];
        for (int r = 0; r < count; r++) {
            places[r] = points[slopes.get(r).point()];
            perMargin[r] = slopes.get(r).perMargin();
        }
        double[][] weights = new double[count][];
        double[][] corrections = new double[count][];
        GradientEvidence evidence = new GradientEvidence(kernel, places, perMargin, weights, corrections);
        if (count > 0) evidence.solve(points, inverse, pull, slopes);
        return evidence;
    }

    private void solve(double[][] points, double[][] inverse, double[][] pull, List<LossSlope> slopes) {
        int count = places.length;
        Basis basis = Basis.of(points);
        int size = basis.size();
        double[][] flat = basis.coordinates(points);
        double[][] flatPlaces = basis.coordinates(places);
        double[] unexpected = new double[count * size];
        double[][] toPoints = new double[count * size][points.length];
        for (int r = 0; r < count; r++) {
            double[] expected = new double[size];
            double[] slope = new double[size];
            for (int i = 0; i < points.length; i++) {
                Arrays.fill(slope, 0);
                kernel.addSlope(flatPlaces[r], flat[i], 1, slope);
                Vectors.add(expected, Vectors.dot(pull[i], perMargin[r]), slope);
                for (int a = 0; a < size; a++) toPoints[r * size + a][i] = slope[a];
            }
            double[] given = basis.coordinates(slopes.get(r).gradient());
            for (int a = 0; a < size; a++) unexpected[r * size + a] = given[a] - expected[a];
        }
        double[][] inverseToPoints = new double[count * size][];
        for (int a = 0; a < count * size; a++) inverseToPoints[a] = Vectors.times(inverse, toPoints[a]);
        double[] within = solver(covariance(flatPlaces, size, toPoints, inverseToPoints))
                .solve(new ArrayRealVector(unexpected, false))
                .toArray();
        double[][] across = across(basis, slopes);
        for (int r = 0; r < count; r++) {
            double[] part = Arrays.copyOfRange(within, r * size, (r + 1) * size);
            weights[r] = basis.vector(part, places[r].length);
            Vectors.add(weights[r], 1, across[r]);
            corrections[r] = new double[points.length];
            for (int a = 0; a < size; a++) {
                Vectors.add(corrections[r], part[a], inverseToPoints[r * size + a]);
            }
        }
    }

    private double[][] covariance(double[][] at, int size, double[][] toPoints, double[][] inverseToPoints) {
        int count = at.length;
        double[][] covariance = new double[count * size][count * size];
        for (int r = 0; r < count; r++) {
            for (int s = 0; s <= r; s++) {
                double shared = Vectors.dot(perMargin[r], perMargin[s]);
                double across = kernel.slopeAcross(at[r], at[s]);
                double near = kernel.near(at[r], at[s]);
                for (int a = 0; a < size; a++) {
                    for (int b = 0; b < size; b++) {
                        double bend = kernel.bend(at[r], at[s], a, b, across, near)
                                - Vectors.dot(toPoints[r * size + a], inverseToPoints[s * size + b]);
                        covariance[r * size + a][s * size + b] = shared * bend;
                        covariance[s * size + b][r * size + a] = shared * bend;
                    }
                }
            }
            for (int a = 0; a < size; a++) covariance[r * size + a][r * size + a] += doubt(r);
        }
        return covariance;
    }

    /**
     * Returns the components of the gradients orthogonal to all points, about which the margins contain no information.
     */
    private double[][] across(Basis basis, List<LossSlope> slopes) {
        int count = places.length;
        double[][] covariance = new double[count][count];
        double[][] rest = new double[count][];
        for (int r = 0; r < count; r++) {
            rest[r] = basis.rest(slopes.get(r).gradient());
            for (int s = 0; s < count; s++) {
                covariance[r][s] = Vectors.dot(perMargin[r], perMargin[s]) * kernel.slopeAcross(places[r], places[s]);
            }
            covariance[r][r] += doubt(r);
        }
        return solver(covariance).solve(new Array2DRowRealMatrix(rest, false)).getData();
    }

    private double doubt(int r) {
        return DOUBT * DOUBT * Vectors.dot(perMargin[r], perMargin[r]) * kernel.slopeVariance() + 1e-14;
    }

    private static DecompositionSolver solver(double[][] covariance) {
        return new CholeskyDecomposition(new Array2DRowRealMatrix(covariance, false), 1e-3, 1e-300).getSolver();
    }

    /** Subtracts the part explained by the gradients from the pull of the points. */
    void correct(double[][] pull) {
        for (int r = 0; r < places.length; r++) {
            for (int i = 0; i < pull.length; i++) Vectors.add(pull[i], -corrections[r][i], perMargin[r]);
        }
    }

    void addMargins(double[] at, double[] margins) {
        for (int r = 0; r < places.length; r++) {
            double[] slope = new double[at.length];
            kernel.addSlope(places[r], at, 1, slope);
            Vectors.add(margins, Vectors.dot(slope, weights[r]), perMargin[r]);
        }
    }

    void addGradient(double[] at, double[] worth, double[] gradient) {
        double w2 = kernel.width() * kernel.width();
        for (int r = 0; r < places.length; r++) {
            double factor = Vectors.dot(perMargin[r], worth);
            double near = kernel.near(places[r], at) / w2;
            double straight = kernel.slopeAcross(places[r], at);
            double along = Vectors.dot(weights[r], at);
            double off = along - Vectors.dot(weights[r], places[r]);
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += factor
                        * (straight * weights[r][i]
                                + 2 * kernel.quadratic() * along * places[r][i]
                                - near / w2 * off * (at[i] - places[r][i]));
            }
        }
    }
}
