package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.DecimalNumber;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.lora.LoraAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A fixed mix. */
public final class WeightOptions {

    @Option(
            names = "--adapter",
            paramLabel = "NAME[=WEIGHT]",
            converter = Weight.Converter.class,
            description = "An adapter and its weight in the mix, such as un=0.7. Name it as in --adapters, or give the"
                    + " path of its folder or zip. Can be repeated; a single adapter needs no weight.")
    private List<Weight> weights = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public boolean given() {
        return !weights.isEmpty();
    }

    /** Adapters given by path, by the names that they get. */
    public Map<String, Path> places(Collection<String> named) {
        Map<String, Path> places = new LinkedHashMap<>();
        for (Weight w : weights) {
            Path path = Path.of(w.name());
            if (named.contains(w.name()) || !Files.exists(path)) continue;
            Path other = places.putIfAbsent(LoraAdapter.nameOf(path), path);
            if (other != null || named.contains(LoraAdapter.nameOf(path))) {
                throw UsageErrors.wrong(
                        command,
                        "There are two adapters named %s, one of them %s; rename one of them."
                                .formatted(LoraAdapter.nameOf(path), path));
            }
        }
        return places;
    }

    /** Without other adapters, each must be a path. */
    public void requirePlaces() {
        for (Weight w : weights) {
            if (!Files.exists(Path.of(w.name()))) {
                throw UsageErrors.wrong(command, "%s %s".formatted(nowhere(w.name()), CandidateOptions.MISSING));
            }
        }
    }

    private static String nowhere(String path) {
        return "There is no folder or zip %s to take an adapter from.".formatted(path);
    }

    private static String name(Weight weight, Collection<String> adapters) {
        return adapters.contains(weight.name()) || !Files.exists(Path.of(weight.name()))
                ? weight.name()
                : LoraAdapter.nameOf(Path.of(weight.name()));
    }

    /**
     * The weights by name in the order of the adapters; adapters without a weight are left out.
     *
     * @param place where the adapters come from, for messages
     */
    public Map<String, Double> among(Collection<String> adapters, String place) {
        Map<String, Double> given = new LinkedHashMap<>();
        for (Weight w : weights) {
            String name = name(w, adapters);
            if (!adapters.contains(name)) {
                throw UsageErrors.wrong(
                        command,
                        name.contains("/") || name.endsWith(".zip")
                                ? nowhere(name)
                                : "There is no adapter %s in %s. %s"
                                        .formatted(name, place, UsageErrors.suggestion(name, adapters)));
            }
            if (w.weight().isEmpty() && weights.size() > 1) {
                throw UsageErrors.wrong(command, "Give %s a weight, as in --adapter %s=0.7.".formatted(name, w.name()));
            }
            if (given.put(name, w.weight().orElse(1)) != null) {
                throw UsageErrors.wrong(command, "The adapter %s has two weights; give one.".formatted(name));
            }
        }
        if (given.isEmpty() && adapters.size() == 1)
            return Map.of(adapters.iterator().next(), 1.0);
        if (given.isEmpty()) {
            throw UsageErrors.wrong(
                    command,
                    "Give each adapter of the mix a weight, such as --adapter %s=1."
                            .formatted(adapters.iterator().next()));
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        adapters.stream().filter(given::containsKey).forEach(a -> sorted.put(a, given.get(a)));
        return sorted;
    }

    /**
     * An adapter's name and weight, as in {@code un=0.7}; without a weight if only a name was given.
     *
     * @param name or the path of a folder or a zip
     */
    public record Weight(String name, OptionalDouble weight) {

        static final class Converter implements ITypeConverter<Weight> {

            @Override
            public Weight convert(String value) {
                int sign = value.lastIndexOf('=');
                if (sign == 0) {
                    throw new TypeConversionException("\"%s\" isn't NAME=WEIGHT, such as un=0.7".formatted(value));
                }
                if (sign < 0 || Files.exists(Path.of(value))) return new Weight(value, OptionalDouble.empty());
                double weight = weight(value.substring(sign + 1), value);
                return new Weight(value.substring(0, sign), OptionalDouble.of(weight));
            }

            private static double weight(String number, String value) {
                try {
                    return new DecimalNumber().convert(number);
                } catch (TypeConversionException e) {
                    throw new TypeConversionException(
                            "the weight in \"%s\" must be a decimal number, such as 0.7, not \"%s\""
                                    .formatted(value, number));
                }
            }
        }
    }
}
