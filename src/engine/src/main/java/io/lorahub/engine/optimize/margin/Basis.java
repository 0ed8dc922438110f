package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Vectors;
import java.util.ArrayList;
import java.util.List;

/** Orthonormal directions that span a set of points. */
final class Basis {

    private static final double NEGLIGIBLE = 1e-9;

    private final double[][] directions;

    private Basis(double[][] directions) {
        this.directions = directions;
    }

    /** Computes the basis by Gram–Schmidt, orthogonalising each direction twice. */
    static Basis of(double[][] points) {
        List<double[]> directions = new ArrayList<>();
        for (double[] point : points) {
            double[] rest = point.clone();
            for (int pass = 0; pass < 2; pass++) {
                for (double[] direction : directions) {
                    Vectors.add(rest, -Vectors.dot(rest, direction), direction);
                }
            }
            double length = Math.sqrt(Vectors.dot(rest, rest));
            if (length > NEGLIGIBLE && directions.size() < point.length) {
                Vectors.scale(rest, 1 / length);
                directions.add(rest);
            }
        }
        return new Basis(directions.toArray(double[][]::new));
    }

    int size() {
        return directions.length;
    }

    double[] coordinates(double[] vector) {
        return Vectors.times(directions, vector);
    }

    double[][] coordinates(double[][] vectors) {
        double[][] coordinates = new double[vectors.length][];
        for (int i = 0; i < vectors.length; i++) coordinates[i] = coordinates(vectors[i]);
        return coordinates;
    }

    double[] vector(double[] coordinates, int dimension) {
        return Vectors.combine(coordinates, directions, dimension);
    }

    /** Returns the part of a vector outside the span of the directions. */
    double[] rest(double[] vector) {
        return Vectors.minus(vector, vector(coordinates(vector), vector.length));
    }
}
