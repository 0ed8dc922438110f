package io.lorahub.engine.optimize;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What a strategy knows before its first question.
 *
 * @param dimension      number of candidates
 * @param lower          smallest weight (published: -1.5)
 * @param upper          largest weight (published: 1.5)
 * @param budget         evaluations that may be spent; a query with gradient costs {@link EvaluationRequest#GRADIENT_COST}
 * @param seed           of every random choice
 * @param gradients      whether queries with gradient are answered
 * @param exampleOfToken the example that each label token belongs to, or null where there are no token losses. The loss
 *                       is the mean over examples of the example's mean token loss
 * @param regularization added to the loss to give the objective
 * @param products       gives the inner products of the candidates' ΔW up to a common factor [N, N], or null where they
 *                       are not known; asked for only where the budget cannot pay for all candidates
 */
public record SearchSpace(
        int dimension,
        double lower,
        double upper,
        int budget,
        long seed,
        boolean gradients,
        int[] exampleOfToken,
        ToDoubleFunction<double[]> regularization,
        Supplier<double[][]> products) {

    /** The weights of the base model alone. */
    double[] zero() {
        return within(new double[dimension]);
    }

    /** One candidate alone, at weight 1 or as near to it as the bounds allow. */
    double[] single(int candidate) {
        double[] weights = new double[dimension];
        weights[candidate] = 1;
        return within(weights);
    }

    /** Moves what is outside the bounds onto them; a weight that is not a number becomes 0. */
    double[] within(double[] weights) {
        double[] inside = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double weight = Double.isNaN(weights[i]) ? 0 : weights[i];
            inside[i] = Math.min(upper, Math.max(lower, weight));
        }
        return inside;
    }
}
