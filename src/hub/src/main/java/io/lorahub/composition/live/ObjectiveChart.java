package io.lorahub.composition.live;

import io.lorahub.composition.RunEvaluation;
import java.util.ArrayList;
import java.util.List;

/**
 * The objective of each evaluation on a logarithmic scale, for pages without scripts. All positions are percentages of
 * the drawing.
 *
 * @param todo  position where the unspent part of the budget begins
 * @param dots  the evaluations
 * @param steps lines of the best objective so far
 */
record ObjectiveChart(double todo, List<Dot> dots, List<Step> steps, List<Mark> rows, List<Mark> columns) {

    /** Width of the unspent part of the budget. */
    public double left() {
        return 100 - todo;
    }

    record Dot(double x, double y, boolean best) {}

    record Step(double x1, double y1, double x2, double y2) {}

    /** A grid line with its label. */
    record Mark(double at, String label) {}

    private static final double[] MANTISSAS = {1, 2, 5};

    static ObjectiveChart of(RunProgress progress) {
        List<RunEvaluation> evaluations = progress.evaluations();
        int budget = Math.max(progress.run().budget, progress.run().spent);
        double top = Math.log10(bound(evaluations, true));
        double bottom = Math.log10(bound(evaluations, false));
        List<Dot> dots = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        double best = Double.POSITIVE_INFINITY;
        double lastX = 0;
        double lastY = 0;
        int spent = 0;
        for (RunEvaluation evaluation : evaluations) {
            double x = 100 * (spent + evaluation.cost / 2.0) / budget;
            double y = y(evaluation.objective, top, bottom);
            spent += evaluation.cost;
            boolean better = evaluation.objective < best;
            if (better && best < Double.POSITIVE_INFINITY) {
                steps.add(new Step(lastX, lastY, x, lastY));
                steps.add(new Step(x, lastY, x, y));
            }
            if (better) {
                best = evaluation.objective;
                lastX = x;
                lastY = y;
            }
            dots.add(new Dot(x, y, better));
        }
        double todo = 100.0 * spent / budget;
        if (!dots.isEmpty()) steps.add(new Step(lastX, lastY, todo, lastY));
        return new ObjectiveChart(todo, dots, steps, rows(top, bottom), columns(budget));
    }

    private static double bound(List<RunEvaluation> evaluations, boolean upper) {
        var values = evaluations.stream().mapToDouble(e -> e.objective).filter(v -> v > 0 && Double.isFinite(v));
        double value = (upper ? values.max() : values.min()).orElse(upper ? 10 : 0.1);
        return upper ? value * 1.15 : value / 1.15;
    }

    private static double y(double objective, double top, double bottom) {
        double value = Math.log10(Math.max(objective, Double.MIN_NORMAL));
        return Math.max(0, Math.min(100, 100 * (top - value) / (top - bottom)));
    }

    private static List<Mark> rows(double top, double bottom) {
        List<Mark> marks = new ArrayList<>();
        for (int power = (int) Math.floor(bottom); power <= Math.ceil(top); power++) {
            for (double mantissa : MANTISSAS) {
                double value = mantissa * Math.pow(10, power);
                double log = Math.log10(value);
                if (log > bottom && log < top) marks.add(new Mark(y(value, top, bottom), label(value)));
            }
        }
        return marks;
    }

    private static String label(double value) {
        return value >= 1 ? Long.toString(Math.round(value)) : Double.toString(Math.round(value * 1e6) / 1e6);
    }

    private static List<Mark> columns(int budget) {
        List<Mark> marks = new ArrayList<>();
        int step = Math.max(1, budget / 4);
        for (int n = step; n <= budget; n += step) marks.add(new Mark(100.0 * (n - 0.5) / budget, Integer.toString(n)));
        return marks;
    }
}
