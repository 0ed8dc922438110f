package io.lorahub.engine.learning;

import io.lorahub.engine.model.LayerGroups;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of a run.
 *
 * @param weights              weights by candidate, in the candidates' order; with layer groups, of each candidate the
 *     one that is farthest from 0
 * @param layerWeights         each candidate's weights in the layer groups in which it changes a module, by the groups'
 *     names; empty without groups
 * @param vector               weights in the candidates' order; with layer groups, all of the first candidate first
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
        double[] vector,
        double objective,
        double loss,
        int evaluations,
        double secondsPerEvaluation,
        boolean interrupted,
        boolean settled,
        List<EvaluationRecord> history) {

    /** @param vector of each candidate in each layer group */
    static LearnedMix of(
            LearningSession session,
            double[] vector,
            double objective,
            double loss,
            int evaluations,
            double secondsPerEvaluation,
            boolean interrupted,
            boolean settled,
            List<EvaluationRecord> history) {
        Map<String, Double> largest = new LinkedHashMap<>();
        Map<String, Map<String, Double>> byGroup = new LinkedHashMap<>();
        for (int i = 0; i < session.candidates().size(); i++) {
            String name = session.candidates().get(i);
            if (session.layers() == LayerGroups.NONE) {
                largest.put(name, vector[i]);
            } else {
                byGroup.put(name, named(session, i, vector));
                largest.put(name, largest(byGroup.get(name).values()));
            }
        }
        return new LearnedMix(
                largest,
                byGroup,
                vector,
                objective,
                loss,
                evaluations,
                secondsPerEvaluation,
                interrupted,
                settled,
                history);
    }

    private static Map<String, Double> named(LearningSession session, int candidate, double[] vector) {
        int groups = session.layers().size();
        Map<String, Double> named = new LinkedHashMap<>();
        for (int g = 0; g < groups; g++) {
            if (session.changes(candidate, g))
                named.put(session.layers().names().get(g), vector[candidate * groups + g]);
        }
        return named;
    }

    /** The weight that is farthest from 0; 0 for an adapter that changes nothing. */
    private static double largest(Collection<Double> weights) {
        return weights.stream()
                .reduce((a, b) -> Math.abs(b) > Math.abs(a) ? b : a)
                .orElse(0.0);
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
}
