package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Vectors;
import java.util.Arrays;
import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.DecompositionSolver;

/**
 * The information that gradients add to a {@link MarginModel}. The gradient of a part of the loss is a sum over its tokens
 * of the margins' own gradients, each times the known slope of its loss. It is therefore one more linear observation of
 * the process, and conditioning on it is exact. Two gradients g_r, g_s at z_r, z_s have the covariance (h_r · h_s)
 * ∂∂'C(z_r, z_s), where h are the slopes per token and C is the remaining covariance once the margins are known. Those of
 * different examples have no token in common, so each example is a system of its own.
 *
 * <p>With many candidates, the evaluated points span few directions; all directions orthogonal to them share one small
 * system.
 */
final class GradientEvidence {

    /** Relative error assumed for gradients, as a share of their standard deviation. */
    private static final double DOUBT = 0.02;

    private final Kernel kernel;
    private final double[][] places;
    private final List<LossSlope> slopes;
    private final int parts;

    /** What each gradient adds [parts, gradients, N], and what it changes in the pull of the points [gradients, points, parts]. */
    private final double[][][] weights;

    private final double[][][] corrections;

    /** The products h_r · h_s [gradients, gradients, parts]. */
    private final double[][][] products;

    private GradientEvidence(Kernel kernel, double[][] points, List<LossSlope> slopes) {
        this.kernel = kernel;
        this.slopes = slopes;
        places = slopes.stream().map(slope -> points[slope.point()]).toArray(double[][]::new);
        parts = slopes.isEmpty() ? 0 : slopes.get(0).gradients().length;
        weights = new double[parts][places.length][];
        corrections = new double[places.length][][];
        products = new double[places.length][places.length][];
        for (int r = 0; r < places.length; r++) {
            for (int s = 0; s < places.length; s++) {
                products[r][s] = slopes.get(r).products(slopes.get(s).perMargin());
            }
        }
    }

    /** @param slopes all with the same parts */
    static GradientEvidence of(
            Kernel kernel, double[][] points, double[][] inverse, double[][] pull, List<LossSlope> slopes) {
        GradientEvidence evidence = new GradientEvidence(kernel, points, slopes);
        if (!slopes.isEmpty()) evidence.solve(points, inverse, pull);
        return evidence;
    }

    private void solve(double[][] points, double[][] inverse, double[][] pull) {
        int count = places.length;
        Basis basis = Basis.of(points);
        int size = basis.size();
        double[][] flat = basis.coordinates(points);
        double[][] flatPlaces = basis.coordinates(places);
        double[][] toPoints = new double[count * size][points.length];
        for (int r = 0; r < count; r++) {
            double[] slope = new double[size];
            for (int i = 0; i < points.length; i++) {
                Arrays.fill(slope, 0);
                kernel.addSlope(flatPlaces[r], flat[i], 1, slope);
                for (int a = 0; a < size; a++) toPoints[r * size + a][i] = slope[a];
            }
        }
        double[][] inverseToPoints = new double[count * size][];
        for (int a = 0; a < count * size; a++) inverseToPoints[a] = Vectors.times(inverse, toPoints[a]);
        double[][] bends = bends(flatPlaces, size, toPoints, inverseToPoints);
        double[][][] pulls = new double[count][points.length][];
        for (int r = 0; r < count; r++) {
            corrections[r] = new double[points.length][parts];
            for (int i = 0; i < points.length; i++) pulls[r][i] = slopes.get(r).products(pull[i]);
        }
        for (int part = 0; part < parts; part++) {
            double[] within = new double[0];
            // 0 if the base model is the only point
            if (size > 0) {
                double[] unexpected = unexpected(part, basis, toPoints, pulls);
                within = solver(shared(part, bends, size))
                        .solve(new ArrayRealVector(unexpected, false))
                        .toArray();
            }
            double[][] across = across(part, basis);
            for (int r = 0; r < count; r++) {
                double[] own = Arrays.copyOfRange(within, r * size, (r + 1) * size);
                weights[part][r] = basis.vector(own, places[r].length);
                Vectors.add(weights[part][r], 1, across[r]);
                for (int a = 0; a < size; a++) {
                    for (int i = 0; i < points.length; i++) {
                        corrections[r][i][part] -= own[a] * inverseToPoints[r * size + a][i];
                    }
                }
            }
        }
    }

    /** Returns what the gradients have beyond those that the margins predict, in the basis. */
    private double[] unexpected(int part, Basis basis, double[][] toPoints, double[][][] pulls) {
        int size = basis.size();
        double[] unexpected = new double[toPoints.length];
        for (int r = 0; r < places.length; r++) {
            double[] given = basis.coordinates(slopes.get(r).gradients()[part]);
            for (int a = 0; a < size; a++) {
                double predicted = 0;
                for (int i = 0; i < pulls[r].length; i++) predicted += pulls[r][i][part] * toPoints[r * size + a][i];
                unexpected[r * size + a] = given[a] - predicted;
            }
        }
        return unexpected;
    }

    /** Returns ∂∂'C of all places, in the basis. */
    private double[][] bends(double[][] at, int size, double[][] toPoints, double[][] inverseToPoints) {
        int count = at.length;
        double[][] bends = new double[count * size][count * size];
        for (int r = 0; r < count; r++) {
            for (int s = 0; s <= r; s++) {
                double across = kernel.slopeAcross(at[r], at[s]);
                double near = kernel.near(at[r], at[s]);
                for (int a = 0; a < size; a++) {
                    for (int b = 0; b < size; b++) {
                        double bend = kernel.bend(at[r], at[s], a, b, across, near)
                                - Vectors.dot(toPoints[r * size + a], inverseToPoints[s * size + b]);
                        bends[r * size + a][s * size + b] = bend;
                        bends[s * size + b][r * size + a] = bend;
                    }
                }
            }
        }
        return bends;
    }

    private double[][] shared(int part, double[][] bends, int size) {
        double[][] covariance = new double[bends.length][bends.length];
        for (int r = 0; r < places.length; r++) {
            for (int s = 0; s < places.length; s++) {
                double shared = products[r][s][part];
                for (int a = r * size; a < (r + 1) * size; a++) {
                    for (int b = s * size; b < (s + 1) * size; b++) covariance[a][b] = shared * bends[a][b];
                }
            }
            for (int a = r * size; a < (r + 1) * size; a++) covariance[a][a] += doubt(part, r);
        }
        return covariance;
    }

    /**
     * Returns the components of the gradients orthogonal to all points, about which the margins contain no information.
     */
    private double[][] across(int part, Basis basis) {
        int count = places.length;
        double[][] covariance = new double[count][count];
        double[][] rest = new double[count][];
        for (int r = 0; r < count; r++) {
            rest[r] = basis.rest(slopes.get(r).gradients()[part]);
            for (int s = 0; s < count; s++) {
                covariance[r][s] = products[r][s][part] * kernel.slopeAcross(places[r], places[s]);
            }
            covariance[r][r] += doubt(part, r);
        }
        return solver(covariance).solve(new Array2DRowRealMatrix(rest, false)).getData();
    }

    private double doubt(int part, int r) {
        return DOUBT * DOUBT * products[r][r][part] * kernel.slopeVariance() + 1e-14;
    }

    private static DecompositionSolver solver(double[][] covariance) {
        return new CholeskyDecomposition(new Array2DRowRealMatrix(covariance, false), 1e-3, 1e-300).getSolver();
    }

    /** Subtracts the part explained by the gradients from the pull of the points. */
    void correct(double[][] pull) {
        for (int r = 0; r < places.length; r++) {
            for (int i = 0; i < pull.length; i++) slopes.get(r).add(corrections[r][i], pull[i]);
        }
    }

    void addMargins(double[] at, double[] margins) {
        for (int r = 0; r < places.length; r++) {
            double[] slope = new double[at.length];
            kernel.addSlope(places[r], at, 1, slope);
            double[] factors = new double[parts];
            for (int part = 0; part < parts; part++) factors[part] = Vectors.dot(slope, weights[part][r]);
            slopes.get(r).add(factors, margins);
        }
    }

    void addGradient(double[] at, double[] worth, double[] gradient) {
        double w2 = kernel.width() * kernel.width();
        for (int r = 0; r < places.length; r++) {
            double[] sum = new double[at.length];
            double[] worths = slopes.get(r).products(worth);
            for (int part = 0; part < parts; part++) Vectors.add(sum, worths[part], weights[part][r]);
            double near = kernel.near(places[r], at) / w2;
            double straight = kernel.slopeAcross(places[r], at);
            double along = Vectors.dot(sum, at);
            double off = along - Vectors.dot(sum, places[r]);
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += straight * sum[i]
                        + 2 * kernel.quadratic() * along * places[r][i]
                        - near / w2 * off * (at[i] - places[r][i]);
            }
        }
    }
}
