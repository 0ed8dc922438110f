package io.lorahub.cli.terminal;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Weights as bars on both sides of zero, the largest first. */
public record WeightBars(PrintWriter out, AnsiStyle style) {

    private static final int HALF = 20;
    private static final int NAME = 24;
    /** Its bar would be shorter than one column. */
    private static final double NEGLIGIBLE = 0.05;

    /**
     * @param grouped whether an adapter has a weight in each group of layers
     * @param largest the weight of a full bar
     */
    public void print(Map<String, Double> weights, boolean grouped, double largest) {
        out.println(style.strong(grouped ? "Weights per group of layers (--layer-groups)" : "Weights"));
        List<Map.Entry<String, Double>> sorted = weights.entrySet().stream()
                .filter(e -> Math.abs(e.getValue()) >= NEGLIGIBLE)
                .sorted(Comparator.comparingDouble(e -> -Math.abs(e.getValue())))
                .toList();
        sorted.forEach(e -> print(e.getKey(), e.getValue(), largest));
        int rest = weights.size() - sorted.size();
        String weight = sorted.isEmpty() ? "weight" : "more weight";
        if (rest > 0) out.println("  " + style.faint(TextLines.count(rest, weight) + " below ±0.05"));
    }

    private void print(String name, double weight, double largest) {
        int length = (int) Math.min(HALF, Math.max(1, Math.round(HALF * Math.abs(weight) / largest)));
        String bar = weight < 0
                ? " ".repeat(HALF - length) + style.bar("░".repeat(length)) + "│"
                : " ".repeat(HALF) + "│" + style.bar("█".repeat(length));
        out.printf(Locale.ROOT, "  %-" + NAME + "s %+5.2f  %s%n", TextLines.shortened(name, NAME), weight, bar);
    }
}
