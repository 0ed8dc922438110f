package io.lorahub.adapter.page;

import io.lorahub.adapter.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A table with bars that shows how much an adapter changes each module.
 *
 * @param targets the columns, such as q and v
 * @param end the norm represented by a full bar
 * @param tooLarge whether it would have more cells than anybody could read, so none are there
 */
public record NormChart(List<String> targets, List<Row> rows, double end, boolean tooLarge) {

    /** @param cells one for each target; null if the block has no such module */
    public record Row(String block, List<Cell> cells) {}

    /** @param width of the bar as an SVG length, such as {@code 64.8%} */
    public record Cell(double norm, String width) {}

    private static final int MOST_CELLS = 2_000;
    private static final NormChart LARGE = new NormChart(List.of(), List.of(), 1, true);

    private static final double[] STEPS = {1, 1.5, 2, 3, 4, 5, 6, 8, 10};

    static NormChart of(List<Layer> layers) {
        if (layers.size() > MOST_CELLS) return LARGE; // each is a cell, and putting them in order takes time
        Set<String> targets = layers.stream().map(Layer::target).collect(Collectors.toCollection(LinkedHashSet::new));
        Map<String, Map<String, Layer>> blocks = new TreeMap<>(BlockNames.ORDER.thenComparing(b -> b));
        for (Layer layer : layers) {
            blocks.computeIfAbsent(layer.block(), b -> new TreeMap<>()).put(layer.target(), layer);
        }
        if ((long) blocks.size() * targets.size() > MOST_CELLS) return LARGE;
        double end = end(layers.stream().mapToDouble(Layer::norm).max().orElse(0));
        BlockNames names = new BlockNames(blocks.keySet());
        List<Row> rows = new ArrayList<>();
        blocks.forEach((block, modules) -> {
            List<Cell> cells = new ArrayList<>();
            for (String target : targets)
                cells.add(modules.containsKey(target) ? cell(modules.get(target), end) : null);
            rows.add(new Row(names.brief(block), cells));
        });
        return new NormChart(List.copyOf(targets), rows, end, false);
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

    /** Names of a model's blocks, shortened for people and sorted in the order in which data flows through the model. */
    private static final class BlockNames {

        private static final Pattern T5 = Pattern.compile(
                "(encoder|decoder)\\.block\\.(\\d+)\\.layer\\.\\d+\\.(SelfAttention|EncDecAttention|.*)");
        private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");

        /** Encoders first, then by name with numeric order, so that 10 follows 9. */
        static final Comparator<String> ORDER = Comparator.comparing((String block) -> !block.startsWith("encoder"))
                .thenComparing(block ->
                        DIGITS.matcher(block).replaceAll(digits -> "%09d".formatted(Integer.parseInt(digits.group()))));

        private final int common;

        /** For blocks shown together: all but the last of their common leading parts are omitted. */
        BlockNames(Collection<String> blocks) {
            common = Math.max(0, commonParts(blocks) - 1);
        }

        /** Shortens a name: {@code encoder.block.0.layer.0.SelfAttention} becomes {@code encoder.0 self}. */
        String brief(String block) {
            Matcher t5 = T5.matcher(block);
            if (t5.matches()) return t5.group(1) + "." + t5.group(2) + " " + sublayer(t5.group(3));
            List<String> parts = List.of(block.split("\\."));
            return String.join(".", parts.subList(Math.min(common, parts.size() - 1), parts.size()));
        }

        private static String sublayer(String name) {
            return switch (name) {
                case "SelfAttention" -> "self";
                case "EncDecAttention" -> "cross";
                case "DenseReluDense" -> "feed-forward";
                default -> name;
            };
        }

        private static int commonParts(Collection<String> blocks) {
            String[] first = null;
            int common = 0;
            for (String block : blocks) {
                String[] parts = block.split("\\.");
                if (first == null) {
                    first = parts;
                    common = parts.length;
                } else {
                    int mismatch = Arrays.mismatch(first, 0, common, parts, 0, Math.min(common, parts.length));
                    if (mismatch >= 0) common = mismatch;
                }
            }
            return common;
        }
    }
}
