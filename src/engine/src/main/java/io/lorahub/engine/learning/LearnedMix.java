package io.lorahub.engine.learning;

import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.Ending;
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
 * @param answer               the point that was chosen
 * @param evaluations          evaluations charged to the budget
 * @param secondsPerEvaluation time in the model per unit of budget
 * @param history              all evaluations, including those read from a log
 */
public record LearnedMix(
        Map<String, Double> weights,
        Map<String, Map<String, Double>> layerWeights,
        EvaluationRecord answer,
        int evaluations,
        double secondsPerEvaluation,
        End end,
        List<EvaluationRecord> history) {

    /** Why the search ended. */
    public enum End {
        BUDGET_SPENT,
        /** Its patience was spent without a gain. */
        SETTLED,
        INTERRUPTED
    }

    static LearnedMix of(
            LearningSession session,
            EvaluationRecord answer,
            int evaluations,
            double secondsPerEvaluation,
            End end,
            List<EvaluationRecord> history) {
        double[] vector = answer.weights();
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
        return new LearnedMix(largest, byGroup, answer, evaluations, secondsPerEvaluation, end, history);
    }

    /** Weights in the candidates' order; with layer groups, all of the first candidate first. */
    public double[] vector() {
        return answer.weights();
    }

    /** Lowest value found: loss plus regularisation. */
    public double objective() {
        return answer.objective();
    }

    /** The objective without its regularisation. */
    public double loss() {
        return answer.loss();
    }

    /** Whether the search was stopped early. */
    public boolean interrupted() {
        return end == End.INTERRUPTED;
    }

    /** Whether it ended before its budget, because its patience was spent without a gain. */
    public boolean settled() {
        return end == End.SETTLED;
    }

    /** Evaluations spent when the objective last fell by {@link Ending#GAIN} of itself. */
    public int lastGain() {
        double lowest = Double.POSITIVE_INFINITY;
        int spent = 0;
        int gained = 0;
        for (EvaluationRecord record : history) {
            spent += record.cost();
            boolean first = lowest == Double.POSITIVE_INFINITY && Double.isFinite(record.objective());
            if (first || record.objective() < lowest - Ending.GAIN * Math.abs(lowest)) {
                lowest = record.objective();
                gained = spent;
            }
        }
        return gained;
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
