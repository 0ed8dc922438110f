package io.lorahub.adapter.page;

import io.lorahub.adapter.Layer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A table with bars that shows how much an adapter changes each module.
 *
 * @param targets the columns, such as q and v
 * @param end the norm represented by a full bar
 */
public record NormChart(List<String> targets, List<Row> rows, double end) {

    /** @param cells one for each target; null if the block has no such module */
    public record Row(String block, List<Cell> cells) {}

    /** @param width of the bar as an SVG length, such as {@code 64.8%} */
    public record Cell(double norm, String width) {}

    private static final double[] STEPS = {1, 1.5, 2, 3, 4, 5, 6, 8, 10};

    static NormChart of(List<Layer> layers) {
        Set<String> targets = layers.stream().map(Layer::target).collect(Collectors.toCollection(LinkedHashSet::new));
        Map<String, Map<String, Layer>> blocks = new TreeMap<>(BlockNames.ORDER.thenComparing(b -> b));
        for (Layer layer : layers) {
            blocks.computeIfAbsent(layer.block(), b -> new TreeMap<>()).put(layer.target(), layer);
        }
        double end = end(layers.stream().mapToDouble(Layer::norm).max().orElse(0));
        BlockNames names = new BlockNames(blocks.keySet());
        List<Row> rows = new ArrayList<>();
        blocks.forEach((block, modules) -> {
            List<Cell> cells = new ArrayList<>();
            for (String target : targets)
                cells.add(modules.containsKey(target) ? cell(modules.get(target), end) : null);
            rows.add(new Row(names.brief(block), cells));
        });
        return new NormChart(List.copyOf(targets), rows, end);
    }

    /** Whether there are so many columns that the bars are placed below the numbers. */
    public boolean isWide() {
        return targets.size() > 2;
    }

    /** Whether the chart is so long that it scrolls in its own box. */
    public boolean isTall() {
        return rows.size() > 24;
    }

    private static Cell cell(Layer layer, double end) {
        return new Cell(layer.norm(), String.format(Locale.ENGLISH, "%.1f%%", 100 * layer.norm() / end));
    }

    /** The next round number. */
    private static double end(double largest) {
        if (!(largest > 0) || Double.isInfinite(largest)) return 1;
        double power = Math.pow(10, Math.floor(Math.log10(largest)));
        for (double step : STEPS) {
            if (largest <= step * power) return step * power;
        }
        return 10 * power;
    }
}
