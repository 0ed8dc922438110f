package io.lorahub.engine.lora.config;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PEFT's {@code layers_to_transform} and {@code layers_pattern}: only the layers with these numbers are adapted. */
final class LayerFilter {

    private static final Pattern FIRST_NUMBER = Pattern.compile(".*?\\.[^.]*\\.(\\d{1,9})\\..*");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    static final LayerFilter NONE = new LayerFilter(Set.of(), List.of(), new MatchBudget());

    private final Set<Integer> layers;
    private final List<BoundedPattern> patterns;

    LayerFilter(Set<Integer> layers, List<String> patterns, MatchBudget budget) {
        this.layers = layers;
        this.patterns = patterns.stream()
                .map(p -> new BoundedPattern("(.*\\.)?(" + p + ")", budget))
                .toList();
    }

    boolean passes(String module) {
        if (layers.isEmpty()) return true;
        if (patterns.isEmpty()) {
            Matcher matcher = FIRST_NUMBER.matcher(module);
            return matcher.matches() && layers.contains(Integer.parseInt(matcher.group(1)));
        }
        for (BoundedPattern pattern : patterns) {
            int layer = layerOf(module, pattern);
            if (layer >= 0) return layers.contains(layer);
        }
        return false;
    }

    /** Returns the first number in the name that follows a match of the pattern, or -1. */
    private static int layerOf(String module, BoundedPattern pattern) {
        Matcher number = NUMBER.matcher(module);
        while (number.find()) {
            int start = number.start();
            boolean wholePart = start > 0
                    && module.charAt(start - 1) == '.'
                    && number.end() < module.length()
                    && module.charAt(number.end()) == '.';
            if (wholePart && pattern.matches(module.substring(0, start - 1))) return Integer.parseInt(number.group());
        }
        return -1;
    }
}
