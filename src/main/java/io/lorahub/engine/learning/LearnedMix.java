package io.lorahub.engine.learning;

import java.util.List;
import java.util.Map;

/**
 * What a run found.
 *
 * @param weights              by candidate, in the candidates' order
 * @param objective            lowest value found: loss plus regularisation
 * @param loss                 the objective without its regularisation
 * @param evaluations          what the search spent of its budget
 * @param secondsPerEvaluation time in the model, by unit of budget
 * @param interrupted          whether the search was stopped before its end
 * @param history              every evaluation, also those read from a log
 */
public record LearnedMix(
        Map<String, Double> weights,
        double objective,
        double loss,
        int evaluations,
        double secondsPerEvaluation,
        boolean interrupted,
        List<EvaluationRecord> history) {

    /** The weights in the candidates' order. */
    public double[] vector() {
        return weights.values().stream().mapToDouble(w -> w).toArray();
    }
}
