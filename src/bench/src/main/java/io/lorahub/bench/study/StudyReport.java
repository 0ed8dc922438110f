package io.lorahub.bench.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.TextTable;
import io.lorahub.demo.DemoTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * A table for each condition.
 *
 * @param missing why rows are missing, by row
 */
record StudyReport(StudyPlan plan, List<StudyMethod> methods, StudyLog log, Map<String, String> missing) {

    private static final int PARTS = 5;

    /**
     * A row of a table.
     *
     * @param exactMatch by task: the mean of its draws
     */
    record Line(String row, Samples exactMatch, Samples loss, Samples evaluations, Samples seconds) {

        int tasks() {
            return exactMatch.sorted().length;
        }
    }

    List<Line> lines(StudyCondition condition) {
        List<Line> lines = new ArrayList<>();
        for (StudyMethod method : methods) {
            method.rows().forEach(row -> line(row, condition.seenBy(method)).ifPresent(lines::add));
        }
        return lines;
    }

    /** Empty if nothing was measured; a task counts once all its draws are finished. */
    private Optional<Line> line(String row, StudyCondition seen) {
        List<Double> exactMatch = new ArrayList<>();
        List<StudyResult> all = new ArrayList<>();
        for (DemoTask task : plan.tasks()) {
            List<StudyResult> draws = plan.draws().stream()
                    .map(draw -> log.find(new StudyResult.Key(plan.family(), task.name(), draw, row, seen)))
                    .flatMap(Optional::stream)
                    .toList();
            if (draws.size() < plan.draws().size()) continue;
            exactMatch.add(draws.stream()
                    .mapToDouble(StudyResult::exactMatch)
                    .average()
                    .orElseThrow());
            all.addAll(draws);
        }
        if (all.isEmpty()) return Optional.empty();
        return Optional.of(new Line(
                row,
                Samples.of(exactMatch),
                Samples.of(all.stream().map(StudyResult::loss).toList()),
                Samples.of(all.stream().map(r -> (double) r.evaluations()).toList()),
                Samples.of(all.stream().map(StudyResult::seconds).toList())));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append("%s: %d task%s, draw%s %s. Intervals are by task.%n"
                .formatted(
                        plan.family(),
                        plan.tasks().size(),
                        plan.tasks().size() == 1 ? "" : "s",
                        plan.draws().size() == 1 ? "" : "s",
                        plan.draws().stream().map(String::valueOf).collect(Collectors.joining(", "))));
        plan.conditions().forEach(condition -> text.append('\n').append(table(condition)));
        methods.stream().flatMap(method -> method.rows().stream()).forEach(row -> text.append(expectations(row)));
        missing.forEach((row, why) -> text.append("\n%s: left out. %s".formatted(row, why)));
        return text.append('\n').toString();
    }

    private String table(StudyCondition condition) {
        TextTable table = new TextTable(
                condition.words(),
                "exact match %",
                "95 % interval",
                "loss, median",
                "evaluations",
                "s, median",
                "tasks");
        for (Line line : lines(condition)) {
            double[] interval = line.exactMatch.meanInterval();
            table.row(List.of(
                    line.row,
                    format("%.1f", line.exactMatch.mean()),
                    format("%.1f to %.1f", interval[0], interval[1]),
                    format("%.4f", line.loss.median()),
                    format("%.0f", line.evaluations.mean()),
                    format("%.2f", line.seconds.median()),
                    String.valueOf(line.tasks())));
        }
        return table.toString();
    }

    /** What was expected of a row, and what it reached, over all conditions; empty with too few results that say it. */
    private String expectations(String row) {
        List<StudyResult> results = plan.conditions().stream()
                .flatMap(condition -> plan.tasks().stream()
                        .flatMap(task -> plan.draws().stream()
                                .map(draw -> new StudyResult.Key(plan.family(), task.name(), draw, row, condition))))
                .flatMap(key -> log.find(key).stream())
                .filter(result -> result.expected() != null)
                .sorted(Comparator.comparingDouble(StudyResult::expected))
                .toList();
        if (results.size() < PARTS) return "";
        TextTable table = new TextTable("expected of " + row + ", fifths", "expected %", "reached %", "results");
        for (int part = 0; part < PARTS; part++) {
            List<StudyResult> some =
                    results.subList(part * results.size() / PARTS, (part + 1) * results.size() / PARTS);
            table.row(List.of(
                    String.valueOf(part + 1),
                    format("%.0f", mean(some, StudyResult::expected)),
                    format("%.0f", mean(some, StudyResult::exactMatch)),
                    String.valueOf(some.size())));
        }
        return "\n" + table;
    }

    private static double mean(List<StudyResult> results, ToDoubleFunction<StudyResult> value) {
        return results.stream().mapToDouble(value).average().orElseThrow();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    JsonNode json() {
        ObjectNode node = BenchOutput.JSON.createObjectNode();
        node.put("family", plan.family());
        node.set("draws", BenchOutput.JSON.valueToTree(plan.draws()));
        ArrayNode tables = node.putArray("tables");
        for (StudyCondition condition : plan.conditions()) {
            ObjectNode table = BenchOutput.JSON.valueToTree(condition);
            ArrayNode rows = table.putArray("rows");
            lines(condition).forEach(line -> {
                double[] interval = line.exactMatch.meanInterval();
                ObjectNode row = rows.addObject().put("row", line.row).put("tasks", line.tasks());
                row.put("exact_match_mean", line.exactMatch.mean());
                row.putArray("exact_match_interval").add(interval[0]).add(interval[1]);
                row.put("loss_median", line.loss.median());
                row.put("evaluations_mean", line.evaluations.mean());
                row.put("seconds_median", line.seconds.median());
            });
            tables.add(table);
        }
        node.set("missing", BenchOutput.JSON.valueToTree(missing));
        return node;
    }
}
