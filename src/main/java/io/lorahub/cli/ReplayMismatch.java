package io.lorahub.cli;

import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.WrittenRecipe;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A run that did not end at the weights of its recipe. */
record ReplayMismatch(WrittenRecipe recipe, LearnedMix learned) {

    private static final int SHOWN = 2;

    String sentences() {
        String before = recipe.objective().isPresent()
                ? ", where the recipe has " + number(recipe.objective().getAsDouble())
                : "";
        return "The run ends at other weights, objective %s%s.%nMost different: %s."
                .formatted(number(learned.objective()), before, weights());
    }

    private String weights() {
        Map<String, Double> before = recipe.weights();
        return learned.weights().entrySet().stream()
                .sorted(Comparator.comparingDouble(
                        weight -> -Math.abs(weight.getValue() - before.get(weight.getKey()))))
                .limit(SHOWN)
                .filter(weight -> !weight.getValue().equals(before.get(weight.getKey())))
                .map(weight -> pair(weight.getKey(), weight.getValue(), before.get(weight.getKey())))
                .collect(Collectors.joining("; "));
    }

    /** In all digits where a few of them are the same. */
    private static String pair(String name, double now, double before) {
        boolean apart = !number(now).equals(number(before));
        return "%s %s, in the recipe %s".formatted(name, apart ? number(now) : now, apart ? number(before) : before);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
