package io.lorahub.bench.study;

import io.lorahub.bench.report.SvgPlot;
import io.lorahub.bench.search.SearchControls;
import io.lorahub.bench.search.TrainedLora;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Plots of exact match against what a plan varies, for the rows that a reader wants to compare. */
record StudyPlots(StudyReport report) {

    private static final List<String> SHOWN = List.of(
            Strategy.DEFAULT,
            "greedy",
            "lbfgs",
            "NGOpt, exact composition",
            TrainedLora.FIXED,
            SearchControls.SINGLE,
            PublishedSearch.ROW,
            SimpleMethods.ORACLE);

    /** Returns the files written, as {@code FAMILY-budget.svg}. */
    List<Path> write(Path folder) {
        StudyPlan plan = report.plan();
        List<Path> files = new ArrayList<>();
        plot(folder, "budget", plan.budgets(), StudyCondition::budget).ifPresent(files::add);
        plot(folder, "examples", plan.examples(), StudyCondition::examples).ifPresent(files::add);
        plot(folder, "candidates", plan.candidates(), StudyCondition::candidates)
                .ifPresent(files::add);
        return files;
    }

    private Optional<Path> plot(Path folder, String axis, List<Integer> values, ToIntFunction<StudyCondition> value) {
        if (values.size() < 2) return Optional.empty();
        List<Integer> places = values.stream().sorted().toList();
        StudyPlan plan = report.plan();
        StudyCondition first = plan.conditions().get(0);
        Map<String, List<SvgPlot.Point>> points = new LinkedHashMap<>();
        SHOWN.forEach(row -> points.put(row, new ArrayList<>()));
        for (int x : places) {
            StudyCondition condition = plan.conditions().stream()
                    .filter(c -> value.applyAsInt(c) == x && c.differsOnlyIn(axis, first))
                    .findFirst()
                    .orElseThrow();
            for (StudyReport.Line line : report.lines(condition)) {
                if (!points.containsKey(line.row())) continue;
                double[] interval = line.exactMatch().meanInterval();
                points.get(line.row())
                        .add(new SvgPlot.Point(
                                String.valueOf(x), line.exactMatch().mean(), interval[0], interval[1]));
            }
        }
        points.values().removeIf(List::isEmpty);
        SvgPlot plot = new SvgPlot(
                "Exact match on held-out words, %s (%%)".formatted(plan.family()),
                switch (axis) {
                    case "budget" -> "budget: evaluations";
                    case "examples" -> "few-shot examples, budget " + first.budget();
                    default -> "candidates, budget " + first.budget();
                },
                100,
                places.stream().map(String::valueOf).toList(),
                points);
        Path file = folder.resolve("%s-%s.svg".formatted(plan.family(), axis));
        try {
            Files.createDirectories(folder);
            return Optional.of(Files.writeString(file, plot.xml()));
        } catch (IOException e) {
            throw new EngineException("The plot %s cannot be written: %s.".formatted(file, e.getMessage()), e);
        }
    }
}
