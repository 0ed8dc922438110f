package io.lorahub.composition.live;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.web.chart.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The objective of runs over the budget that they have used. */
public final class ObjectiveChart {

    private ObjectiveChart() {}

    /** Each point of a run, and the best so far. run.js continues it. */
    static Chart of(RunProgress progress) {
        CompositionRun run = progress.run();
        List<Chart.Point> points = points(progress.evaluations());
        return chart(
                "Objective per point",
                "Point {i}",
                Math.max(run.budget, run.spent),
                0.5 + run.spent,
                List.of(
                        new Chart.Series("", Chart.Kind.DOTS, points),
                        new Chart.Series("best so far", Chart.Kind.STEPS, bests(points))));
    }

    /** The best objective so far of several runs. */
    public static Chart of(List<CompositionRun> runs) {
        int budget = runs.stream()
                .mapToInt(run -> Math.max(run.budget, run.spent))
                .max()
                .orElse(1);
        List<Chart.Series> series = runs.stream()
                .map(run -> new Chart.Series(
                        run.title, Chart.Kind.STEPS, upTo(run.spent, bests(points(RunEvaluation.of(run.id, 0))))))
                .toList();
        double spent = runs.stream().mapToInt(run -> run.spent).max().orElse(0);
        return chart("Best objective so far", "After {x} evaluations", budget, 0.5 + spent, series);
    }

    private static Chart chart(String title, String label, int budget, double todo, List<Chart.Series> series) {
        return new Chart(title, "evaluations", label, 0.5, budget + 0.5, todo, true, Chart.numbers(budget), series);
    }

    /** Each in the middle of what it took of the budget. */
    private static List<Chart.Point> points(List<RunEvaluation> evaluations) {
        List<Chart.Point> points = new ArrayList<>();
        int spent = 0;
        for (RunEvaluation evaluation : evaluations) {
            points.add(new Chart.Point(spent + (evaluation.cost + 1) / 2.0, evaluation.objective));
            spent += evaluation.cost;
        }
        return points;
    }

    private static List<Chart.Point> bests(List<Chart.Point> points) {
        List<Chart.Point> bests = new ArrayList<>();
        for (Chart.Point point : points) {
            if (bests.isEmpty() || point.y() < bests.get(bests.size() - 1).y()) bests.add(point);
        }
        return bests;
    }

    /** The last value holds until the end of the search. */
    private static List<Chart.Point> upTo(int spent, List<Chart.Point> bests) {
        if (bests.isEmpty()) return bests;
        Chart.Point last = bests.get(bests.size() - 1);
        return last.x() >= spent
                ? bests
                : Stream.concat(bests.stream(), Stream.of(new Chart.Point(spent, last.y())))
                        .toList();
    }
}
