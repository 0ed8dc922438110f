package io.lorahub.engine.lora.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * PEFT's {@code rank_pattern} or {@code alpha_pattern}: values for the modules for which an expression matches the name
 * or the part after one of its dots. The first matching entry applies.
 */
final class PatternTable {

    static final PatternTable EMPTY = new PatternTable(Map.of(), new MatchBudget());

    /** An expression without special characters other than the dot, which matches any character. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.]+");

    private final Map<String, Double> values;
    private final MatchBudget budget;
    private final Map<String, BoundedPattern> patterns = new LinkedHashMap<>();
    private final Map<String, OptionalDouble> known = new ConcurrentHashMap<>();

    /** @param values values in the order of the file */
    PatternTable(Map<String, Double> values, MatchBudget budget) {
        this.values = new LinkedHashMap<>(values);
        this.budget = budget;
        this.values.keySet().forEach(p -> patterns.put(p, new BoundedPattern("(.*\\.)?(" + p + ")", budget)));
    }

    OptionalDouble valueOf(String module) {
        return patterns.isEmpty() ? OptionalDouble.empty() : known.computeIfAbsent(module, this::find);
    }

    private OptionalDouble find(String module) {
        for (var entry : patterns.entrySet()) {
            String expression = entry.getKey();
            boolean matches = PLAIN.matcher(expression).matches()
                    ? matchesPlain(expression, module)
                    : entry.getValue().matches(module);
            if (matches) return OptionalDouble.of(values.get(expression));
        }
        return OptionalDouble.empty();
    }

    /**
     * Matches an expression without special characters directly: files with a rank for every module have one such name
     * per entry.
     */
    private boolean matchesPlain(String expression, String module) {
        int start = module.length() - expression.length();
        budget.spend(1);
        if (start < 0 || start > 0 && module.charAt(start - 1) != '.') return false;
        budget.spend(expression.length());
        for (int i = 0; i < expression.length(); i++) {
            char expected = expression.charAt(i);
            char actual = module.charAt(start + i);
            if (expected == '.' ? isLineEnd(actual) : expected != actual) return false;
        }
        return true;
    }

    /** Whether a dot does not match this character. */
    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029';
    }

    Map<String, Double> values() {
        return values;
    }
}
