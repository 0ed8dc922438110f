package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Selects the part of a history that a {@link MarginModel} is built from: all of it, unless solving would take too
 * long.
 */
final class TrainingPoints {

    private static final int MOST_POINTS = 240;

    /**
     * Limit on the number of gradients times the directions that the points span, which is the order of the linear
     * system. With one system for each example they take as long together.
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
        boolean apart = history.hasExampleGradients();
        int[] partOf = apart ? space.exampleOfToken() : new int[space.exampleOfToken().length];
        // a gradient that another run of an earlier version computed can be a mean
        List<Integer> known = IntStream.range(0, history.size())
                .filter(i -> history.get(i).gradient() != null && finite(history.get(i)))
                .filter(i -> !apart || history.get(i).exampleGradients() != null)
                .filter(i -> rows.containsKey(point(history, i)))
                .boxed()
                .toList();
        Penalty penalty = new Penalty(space);
        double[] shares = Margins.tokenShares(space.exampleOfToken());
        int parts = apart && !known.isEmpty() ? history.get(known.get(0)).exampleGradients().length : 1;
        int directions = Math.min(space.dimension(), rows.size());
        int most = Math.max(1, (int) (MOST_SLOPES / Math.cbrt(parts) / directions));
        List<LossSlope> slopes = new ArrayList<>();
        for (int i : known.subList(Math.max(0, known.size() - most), known.size())) {
            int row = rows.get(point(history, i));
            double[][] gradients = new double[parts][];
            double[] perMargin = new double[shares.length];
            for (int t = 0; t < shares.length; t++) perMargin[t] = shares[t] * Margins.slope(margins[row][t]);
            for (int part = 0; part < parts; part++) {
                gradients[part] = apart
                        ? share(history.get(i).exampleGradients()[part], parts)
                        : Vectors.minus(history.get(i).gradient(), penalty.gradient(history.weights(i)));
            }
            slopes.add(new LossSlope(row, gradients, perMargin, partOf));
        }
        return slopes;
    }

    /** The first evaluation of the same weights. */
    private static int point(Evaluations history, int index) {
        return history.find(history.weights(index)).orElseThrow();
    }

    /** The gradient of an example's share in the loss. */
    private static double[] share(float[] ofExample, int examples) {
        double[] share = new double[ofExample.length];
        for (int i = 0; i < share.length; i++) share[i] = ofExample[i] / (double) examples;
        return share;
    }

    private static boolean finite(Observation observation) {
        for (double value : observation.gradient()) {
            if (!Double.isFinite(value)) return false;
        }
        return true;
    }
}
