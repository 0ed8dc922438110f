package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Selects the part of a history that a {@link MarginModel} is built from: all of it, unless solving would take too
 * long.
 */
final class TrainingPoints {

    private static final int MOST_POINTS = 240;

    /**
     * Limit on the number of gradients times the directions that the points span, which is the order of the linear
     * system.
     */
    private static final int MOST_SLOPES = 900;

    private final double[][] points;
    private final double[][] margins;
    private final double[] base;
    private final List<LossSlope> slopes;

    private TrainingPoints(double[][] points, double[][] margins, double[] base, List<LossSlope> slopes) {
        this.points = points;
        this.margins = margins;
        this.base = base;
        this.slopes = slopes;
    }

    static TrainingPoints of(SearchSpace space, Evaluations history) {
        List<Integer> chosen = chosen(history);
        Map<Integer, Integer> rows = new LinkedHashMap<>();
        double[][] points = new double[chosen.size()][];
        double[][] margins = new double[chosen.size()][];
        for (int row = 0; row < points.length; row++) {
            rows.put(chosen.get(row), row);
            points[row] = history.weights(chosen.get(row));
            margins[row] = Margins.of(history.get(chosen.get(row)).tokenLosses());
        }
        double[] base = Margins.of(history.get(0).tokenLosses());
        List<LossSlope> slopes = slopes(space, history, rows, margins);
        return new TrainingPoints(points, margins, base, slopes);
    }

    MarginModel model(Kernel kernel) {
        return new MarginModel(kernel, points, margins, base, slopes);
    }

    /** Selects each point once: the base, the best and the latest ones. */
    private static List<Integer> chosen(Evaluations history) {
        TreeSet<Integer> chosen = new TreeSet<>(
                List.of(0, history.find(history.weights(history.best())).orElseThrow()));
        for (int i = history.size() - 1; i >= 0 && chosen.size() < MOST_POINTS; i--) {
            chosen.add(history.find(history.weights(i)).orElseThrow());
        }
        return List.copyOf(chosen);
    }

    private static List<LossSlope> slopes(
            SearchSpace space, Evaluations history, Map<Integer, Integer> rows, double[][] margins) {
        Penalty penalty = new Penalty(space);
        double[] shares = Margins.tokenShares(space.exampleOfToken());
        int most = MOST_SLOPES / Math.min(space.dimension(), rows.size());
        List<LossSlope> slopes = new ArrayList<>();
        for (int i = history.size() - 1; i >= 0 && slopes.size() < most; i--) {
            double[] gradient = history.get(i).gradient();
            Integer row = rows.get(history.find(history.weights(i)).orElseThrow());
            if (gradient == null || row == null || !finite(gradient)) continue;
            double[] perMargin = new double[shares.length];
            for (int t = 0; t < shares.length; t++) {
                perMargin[t] = shares[t] * Margins.slope(margins[row][t]);
            }
            slopes.add(new LossSlope(row, Vectors.minus(gradient, penalty.gradient(history.weights(i))), perMargin));
        }
        return slopes;
    }

    private static boolean finite(double[] values) {
        for (double value : values) {
            if (!Double.isFinite(value)) return false;
        }
        return true;
    }
}
