package io.lorahub.engine.learning;

import io.lorahub.engine.model.LayerGroups;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of a run.
 *
 * @param weights              weights by candidate, in the candidates' order; with layer groups, of each candidate the
 *     one that is farthest from 0
 * @param layerWeights         each candidate's weights in the layer groups by the groups' names; empty without groups
 * @param objective            lowest value found: loss plus regularisation
 * @param loss                 the objective without its regularisation
 * @param evaluations          evaluations charged to the budget
 * @param secondsPerEvaluation time in the model per unit of budget
 * @param interrupted          whether the search was stopped early
 * @param settled              whether it ended before its budget, because its patience was spent without a gain
 * @param history              all evaluations, including those read from a log
 */
public record LearnedMix(
        Map<String, Double> weights,
        Map<String, Map<String, Double>> layerWeights,
        double objective,
        double loss,
        int evaluations,
        double secondsPerEvaluation,
        boolean interrupted,
        boolean settled,
        List<EvaluationRecord> history) {

    /** @param weights of each candidate in each layer group */
    static LearnedMix of(
            LayerGroups layers,
            Map<String, double[]> weights,
            double objective,
            double loss,
            int evaluations,
            double secondsPerEvaluation,
            boolean interrupted,
            boolean settled,
            List<EvaluationRecord> history) {
        Map<String, Double> largest = new LinkedHashMap<>();
        Map<String, Map<String, Double>> byGroup = new LinkedHashMap<>();
        weights.forEach((name, own) -> {
            largest.put(name, largest(own));
            if (layers != LayerGroups.NONE) byGroup.put(name, named(layers, own));
        });
        return new LearnedMix(
                largest, byGroup, objective, loss, evaluations, secondsPerEvaluation, interrupted, settled, history);
    }

    private static Map<String, Double> named(LayerGroups layers, double[] weights) {
        Map<String, Double> named = new LinkedHashMap<>();
        for (int g = 0; g < weights.length; g++) named.put(layers.names().get(g), weights[g]);
        return named;
    }

    /** The weight that is farthest from 0. */
    public static double largest(double[] weights) {
        return Arrays.stream(weights)
                .reduce((a, b) -> Math.abs(b) > Math.abs(a) ? b : a)
                .orElseThrow();
    }

    /** Returns all weights by name; with layer groups such as "un (encoder)". */
    public Map<String, Double> everyWeight() {
        if (layerWeights.isEmpty()) return weights;
        Map<String, Double> every = new LinkedHashMap<>();
        layerWeights.forEach((name, own) -> own.forEach((group, weight) -> every.put(named(name, group), weight)));
        return every;
    }

    /** Names the weight of a candidate in a layer group. */
    public static String named(String candidate, String group) {
        return "%s (%s)".formatted(candidate, group);
    }

    /** Returns the weights in the candidates' order; with layer groups, those of the first candidate first. */
    public double[] vector() {
        return layerWeights.isEmpty()
                ? weights.values().stream().mapToDouble(w -> w).toArray()
                : layerWeights.values().stream()
                        .flatMap(own -> own.values().stream())
                        .mapToDouble(w -> w)
                        .toArray();
    }
}
