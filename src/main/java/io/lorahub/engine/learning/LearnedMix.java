package io.lorahub.engine.learning;

import java.util.List;
import java.util.Map;

/**
 * The result of a run.
 *
 * @param weights              weights by candidate, in the candidates' order
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
        double objective,
        double loss,
        int evaluations,
        double secondsPerEvaluation,
        boolean interrupted,
        boolean settled,
        List<EvaluationRecord> history) {

    /** Returns the weights in the candidates' order. */
    public double[] vector() {
        return weights.values().stream().mapToDouble(w -> w).toArray();
    }
}
