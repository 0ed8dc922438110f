package io.lorahub.cli.terminal;

import io.lorahub.engine.model.LayerGroups;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Weights as bars on both sides of zero: a line for each adapter, the largest weight first. */
public record WeightBars(PrintWriter out, AnsiStyle style) {

    private static final int NAME = 24;
    /** Columns for the weights of one adapter. */
    private static final int WEIGHTS = 54;
    /** Columns for a number and the spaces around it. */
    private static final int NUMBER = 7;
    /** The longest bar on one side of zero. */
    private static final int LONGEST = 20;
    /** Its bar would be shorter than one column. */
    private static final double NEGLIGIBLE = 0.05;

    /**
     * @param weights      of each adapter
     * @param layerWeights of each adapter in the layer groups in which it changes something; empty without groups
     * @param largest      the weight of a full bar
     */
    public void print(Map<String, Double> weights, Map<String, Map<String, Double>> layerWeights, double largest) {
        if (!layerWeights.isEmpty()) {
            print(layerWeights, groups(layerWeights), largest);
            return;
        }
        Map<String, Map<String, Double>> whole = new LinkedHashMap<>();
        weights.forEach((adapter, weight) -> whole.put(adapter, Map.of("", weight)));
        print(whole, List.of(""), largest);
    }

    /** From input to output. */
    private static List<String> groups(Map<String, Map<String, Double>> layerWeights) {
        return Stream.of(LayerGroups.values())
                .map(LayerGroups::names)
                .filter(names -> layerWeights.values().stream().allMatch(own -> names.containsAll(own.keySet())))
                .findFirst()
                .orElseThrow();
    }

    private void print(Map<String, Map<String, Double>> weights, List<String> groups, double largest) {
        boolean grouped = groups.size() > 1;
        out.println(style.strong(grouped ? "Weights per group of layers (--layer-groups)" : "Weights"));
        var sorted = weights.entrySet().stream()
                .filter(e -> farthest(e.getValue()) >= NEGLIGIBLE)
                .sorted(Comparator.comparingDouble(e -> -farthest(e.getValue())))
                .toList();
        int width = WEIGHTS / groups.size();
        if (grouped && !sorted.isEmpty()) {
            String names = groups.stream()
                    .map(group -> " %-" + (width - 1) + "s")
                    .collect(Collectors.joining())
                    .formatted(groups.toArray());
            out.println(style.faint(" ".repeat(NAME + 2) + names.stripTrailing()));
        }
        for (var adapter : sorted) {
            String cells = groups.stream()
                    .map(group -> cell(adapter.getValue().get(group), width, largest))
                    .collect(Collectors.joining());
            out.println(("  %-" + NAME + "s").formatted(TextLines.shortened(adapter.getKey(), NAME))
                    + cells.stripTrailing());
        }
        int rest = weights.size() - sorted.size();
        String adapter = sorted.isEmpty() ? "adapter" : "more adapter";
        if (rest > 0) out.println("  " + style.faint(TextLines.count(rest, adapter) + " below ±0.05"));
    }

    private static double farthest(Map<String, Double> weights) {
        return weights.values().stream().mapToDouble(Math::abs).max().orElse(0);
    }

    /** @param weight null where the adapter changes nothing */
    private String cell(Double weight, int width, double largest) {
        if (weight == null) return ("%6s%" + (width - 6) + "s").formatted("–", "");
        int half = Math.min(LONGEST, (width - NUMBER - 1) / 2);
        int length = (int) Math.min(half, Math.max(1, Math.round(half * Math.abs(weight) / largest)));
        if (Math.abs(weight) < NEGLIGIBLE) length = 0;
        String left = " ".repeat(half - length) + style.bar("░".repeat(length)) + "│";
        String right = " ".repeat(half) + "│" + style.bar("█".repeat(length));
        String after = " ".repeat(width - NUMBER - half - 1);
        return String.format(Locale.ROOT, " %+5.2f ", weight)
                + (weight < 0 ? left + after : right + after.substring(length));
    }
}
