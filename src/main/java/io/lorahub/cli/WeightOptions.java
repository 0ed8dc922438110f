package io.lorahub.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A fixed mix. */
final class WeightOptions {

    @Option(
            names = "--adapter",
            paramLabel = "NAME[=WEIGHT]",
            converter = AdapterWeight.Converter.class,
            description = "An adapter and its weight in the mix, such as un=0.7. May be given several times;"
                    + " a single adapter needs no weight.")
    private List<AdapterWeight> weights = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    boolean given() {
        return !weights.isEmpty();
    }

    /** The weights by name in the order of the adapters; adapters without a weight are left out. */
    Map<String, Double> among(Collection<String> adapters) {
        Map<String, Double> given = new LinkedHashMap<>();
        for (AdapterWeight w : weights) {
            if (!adapters.contains(w.name())) {
                throw Usage.wrong(
                        command,
                        "There is no adapter %s in --adapters. %s"
                                .formatted(w.name(), Usage.suggestion(w.name(), adapters)));
            }
            if (w.weight().isEmpty() && weights.size() > 1) {
                throw Usage.wrong(command, "Give %s a weight, as in --adapter %s=0.7.".formatted(w.name(), w.name()));
            }
            if (given.put(w.name(), w.weight().orElse(1)) != null) {
                throw Usage.wrong(command, "The adapter %s has two weights; give one.".formatted(w.name()));
            }
        }
        if (given.isEmpty() && adapters.size() == 1)
            return Map.of(adapters.iterator().next(), 1.0);
        if (given.isEmpty()) {
            throw Usage.wrong(
                    command,
                    "Give each adapter of the mix its weight, such as --adapter %s=1."
                            .formatted(adapters.iterator().next()));
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        adapters.stream().filter(given::containsKey).forEach(a -> sorted.put(a, given.get(a)));
        return sorted;
    }
}
