package io.lorahub.engine.lora;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * PEFT's {@code rank_pattern} or {@code alpha_pattern}: values for the modules whose name, or what follows a dot of it,
 * matches an expression. The first entry that matches counts.
 */
final class PatternTable {

    static final PatternTable EMPTY = new PatternTable(Map.of());

    private final Map<String, Double> values;
    private final Map<String, BoundedPattern> patterns = new LinkedHashMap<>();

    /** @param values in the order of the file */
    PatternTable(Map<String, Double> values) {
        this.values = new LinkedHashMap<>(values);
        this.values.keySet().forEach(p -> patterns.put(p, new BoundedPattern("(.*\\.)?(" + p + ")")));
    }

    OptionalDouble valueOf(String module) {
        for (var entry : patterns.entrySet()) {
            if (entry.getValue().matches(module)) return OptionalDouble.of(values.get(entry.getKey()));
        }
        return OptionalDouble.empty();
    }

    Map<String, Double> values() {
        return values;
    }
}
