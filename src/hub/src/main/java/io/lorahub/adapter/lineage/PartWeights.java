package io.lorahub.adapter.lineage;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The weights of one part of a mix, and how much the part adds to it.
 *
 * @param byGroup      weights by the names of the layer groups, from input to output; a weight in all layers is alone, under
 *     an empty name
 * @param contribution norm of the update that the part adds, relative to the part that adds most: 0 to 1
 */
public record PartWeights(Map<String, Double> byGroup, double contribution) {

    /** The name of the group of all layers. */
    public static final String ALL = "";

    /** Parts below this contribution are slight; templates and cards call it a tenth. */
    static final double SLIGHT = 0.1;

    public PartWeights {
        byGroup = Collections.unmodifiableMap(new LinkedHashMap<>(byGroup));
    }

    /**
     * The parts of a mix, those that add most to it first.
     *
     * <p>A part with the weight w adds an update of the norm |w|·‖ΔW‖. With a weight per layer group, |w| is their root mean
     * square, as if the norm were spread evenly over the groups. If one of the norms isn't known, weights alone are
     * compared.
     *
     * @param weights of each part, as in {@link #byGroup}
     * @param norm    Frobenius norm of a part's own update; null if it isn't known
     */
    public static <K> Map<K, PartWeights> of(Map<K, Map<String, Double>> weights, Function<K, Double> norm) {
        boolean known = weights.entrySet().stream()
                .allMatch(part -> size(part.getValue().values()) == 0 || norm.apply(part.getKey()) != null);
        Map<K, Double> added = new LinkedHashMap<>();
        weights.forEach((part, own) -> {
            double size = size(own.values());
            added.put(part, size == 0 || !known ? size : size * norm.apply(part));
        });
        double most = added.values().stream().mapToDouble(size -> size).max().orElse(0);
        Map<K, PartWeights> parts = new LinkedHashMap<>();
        added.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<K, Double> part) -> part.getValue())
                        .reversed())
                .forEach(part -> parts.put(
                        part.getKey(),
                        new PartWeights(weights.get(part.getKey()), most == 0 ? 0 : part.getValue() / most)));
        return parts;
    }

    /** Those of the parts that aren't slight; none if all weights are 0. */
    public static <T> List<T> main(List<T> parts, Function<T, PartWeights> weights) {
        return parts.stream().filter(part -> !weights.apply(part).isSlight()).toList();
    }

    public static <T> List<T> slight(List<T> parts, Function<T, PartWeights> weights) {
        return parts.stream().filter(part -> weights.apply(part).isSlight()).toList();
    }

    private static double size(Collection<Double> weights) {
        return Math.sqrt(weights.stream().mapToDouble(weight -> weight * weight).sum() / weights.size());
    }

    /** Whether the part adds so little that it says nothing about what the mix does. */
    public boolean isSlight() {
        return contribution < SLIGHT;
    }

    /** Whether the mix contains the part. */
    public boolean isUsed() {
        return byGroup.values().stream().anyMatch(weight -> weight != 0);
    }

    /** The only weight or, of several, the one farthest from 0. */
    public double farthest() {
        return byGroup.values().stream()
                .max(Comparator.comparingDouble(Math::abs))
                .orElseThrow();
    }

    /** The names of the groups, as headings of columns. */
    public List<String> headings() {
        return byGroup.keySet().stream()
                .map(group -> group.equals(ALL) ? "Weight" : group)
                .toList();
    }

    /** Each weight with three decimals. */
    public List<String> figures() {
        return byGroup.values().stream().map(PartWeights::figure).toList();
    }

    /** All weights with three decimals: "+0.750", or "first +1.078, middle +1.116, last +1.153". */
    public String text() {
        return byGroup.entrySet().stream()
                .map(group -> (group.getKey() + " " + figure(group.getValue())).strip())
                .collect(Collectors.joining(", "));
    }

    /** The same where there is little room: "weight +0.750", or "weights +1.078 to +1.153". */
    String brief() {
        if (byGroup.size() == 1) return "weight " + figure(farthest());
        ToDoubleFunction<Double> value = weight -> weight;
        return "weights %s to %s"
                .formatted(
                        figure(byGroup.values().stream()
                                .mapToDouble(value)
                                .min()
                                .orElseThrow()),
                        figure(byGroup.values().stream()
                                .mapToDouble(value)
                                .max()
                                .orElseThrow()));
    }

    private static String figure(double weight) {
        String size = String.format(Locale.ROOT, "%.3f", Math.abs(weight));
        return weight == 0 ? size : (weight > 0 ? "+" : "−") + size;
    }
}
