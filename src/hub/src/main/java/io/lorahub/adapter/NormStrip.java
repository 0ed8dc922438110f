package io.lorahub.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The norms of an adapter's weight updates as a row of small bars, by which an adapter can be recognized in a list.
 * Encoder, decoder and cross-attention are separated; the tallest bar is the largest norm.
 *
 * @param modules number of weight updates; with more than {@value #MOST_BARS}, each bar represents several
 * @param largest the largest norm
 */
public record NormStrip(int modules, double largest, List<List<Bar>> groups) {

    static final int MOST_BARS = 48;

    /** Width of the drawing in its own units. */
    public static final int WIDTH = 84;

    public static final int HEIGHT = 24;

    private static final int TALLEST = 22;
    private static final double GROUP_GAP = 4;
    private static final double WIDEST_PITCH = 3.5;
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /**
     * @param light which of the two shades
     * @param percent of the largest norm
     */
    public record Bar(boolean light, int percent) {}

    private record Module(String name, String target, double norm) {}

    /** @param facts read by the upload check: the "adapter" object of {@code lorahub inspect --json} */
    public static NormStrip of(JsonNode facts) {
        TreeMap<Integer, List<Module>> parts = new TreeMap<>();
        SortedSet<String> targets = new TreeSet<>();
        double largest = 0;
        int count = 0;
        for (JsonNode layer : facts.path("layers")) {
            String name = layer.path("module").asText();
            Module module = new Module(
                    name,
                    name.substring(name.lastIndexOf('.') + 1),
                    layer.path("norm").asDouble());
            parts.computeIfAbsent(part(name), p -> new ArrayList<>()).add(module);
            targets.add(module.target());
            largest = Math.max(largest, module.norm());
            count++;
        }
        List<String> order = List.copyOf(targets);
        List<List<Bar>> groups = new ArrayList<>();
        int together = Math.max(1, (count + MOST_BARS - 1) / MOST_BARS);
        for (List<Module> part : parts.values()) {
            part.sort(Comparator.comparing(m -> sortable(m.name())));
            groups.add(bars(part, order, largest, together));
        }
        return new NormStrip(count, largest, groups);
    }

    private static List<Bar> bars(List<Module> part, List<String> targets, double largest, int together) {
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < part.size(); i += together) {
            List<Module> several = part.subList(i, Math.min(part.size(), i + together));
            double norm = several.stream().mapToDouble(Module::norm).max().orElseThrow();
            boolean light = together == 1 && targets.indexOf(several.get(0).target()) % 2 == 1;
            bars.add(new Bar(light, largest > 0 ? (int) Math.round(100 * norm / largest) : 0));
        }
        return bars;
    }

    private static int part(String module) {
        if (module.contains("EncDecAttention") || module.contains("encoder_attn")) return 2;
        return module.startsWith("decoder") ? 1 : 0;
    }

    /** Makes block 10 sort after block 2. */
    private static String sortable(String module) {
        Matcher number = NUMBER.matcher(module);
        return number.replaceAll(m -> "0".repeat(Math.max(0, 6 - m.group().length())) + m.group());
    }

    /** The strip as stored in a column: {@code 24 5.346 a73b15,a40b12}. */
    public String text() {
        StringBuilder text = new StringBuilder().append(modules).append(String.format(Locale.ROOT, " %.3f ", largest));
        for (int g = 0; g < groups.size(); g++) {
            if (g > 0) text.append(',');
            for (Bar bar : groups.get(g)) text.append(bar.light() ? 'b' : 'a').append(bar.percent());
        }
        return text.toString();
    }

    /** Reads {@link #text}; an empty text is a strip without bars. */
    public static NormStrip parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length < 3 || parts[2].isEmpty()) return new NormStrip(0, 0, List.of());
        List<List<Bar>> groups = new ArrayList<>();
        for (String group : parts[2].split(",")) {
            List<Bar> bars = new ArrayList<>();
            for (String bar : group.split("(?=[ab])")) {
                if (!bar.isEmpty()) bars.add(new Bar(bar.charAt(0) == 'b', Integer.parseInt(bar.substring(1))));
            }
            groups.add(bars);
        }
        return new NormStrip(Integer.parseInt(parts[0]), Double.parseDouble(parts[1]), groups);
    }

    public boolean isEmpty() {
        return modules == 0;
    }

    /** The bars of the darker shade, as the {@code d} attribute of an SVG path. */
    public String dark() {
        return path(false);
    }

    /** The bars of the lighter shade, as the {@code d} attribute of an SVG path. */
    public String light() {
        return path(true);
    }

    private String path(boolean light) {
        int bars = groups.stream().mapToInt(List::size).sum();
        double pitch = Math.min(WIDEST_PITCH, (WIDTH - GROUP_GAP * (groups.size() - 1)) / Math.max(1, bars));
        StringBuilder path = new StringBuilder();
        double x = 0;
        for (List<Bar> group : groups) {
            for (Bar bar : group) {
                if (bar.light() == light) append(path, x, pitch * 0.8, bar.percent() * TALLEST / 100.0);
                x += pitch;
            }
            x += GROUP_GAP;
        }
        return path.toString();
    }

    private static void append(StringBuilder path, double x, double width, double height) {
        path.append('M').append(tenth(x)).append(' ').append(HEIGHT - 1);
        path.append('v').append(tenth(-Math.max(0.5, height)));
        path.append('h').append(tenth(width)).append('V').append(HEIGHT - 1).append('z');
    }

    private static String tenth(double value) {
        double rounded = Math.round(value * 10) / 10.0;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }
}
