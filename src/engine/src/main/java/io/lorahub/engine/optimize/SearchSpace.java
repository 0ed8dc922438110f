package io.lorahub.engine.optimize;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The information that a strategy has before its first request.
 *
 * @param dimension      number of candidates
 * @param lower          smallest weight (published: -1.5)
 * @param upper          largest weight (published: 1.5)
 * @param budget         evaluations that may be spent; a query with gradient costs
 *                       {@link EvaluationRequest#GRADIENT_COST}
 * @param seed           seed of all random choices
 * @param gradients      whether queries with gradient are supported
 * @param exampleOfToken the example index of each label token, or null if there are no token losses. The loss is the
 *                       mean over examples of the example's mean token loss
 * @param regularization added to the loss to give the objective
 * @param products       provides the inner products of the candidates' ΔW up to a common factor [N, N], or null if they
 *                       are unknown; called only if the budget does not cover all candidates
 * @param ending         when and how the search ends
 * @param population     number of points to propose at once, before any of their results is known
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
        Supplier<double[][]> products,
        Ending ending,
        int population) {

    /** Returns the same space with another budget. */
    public SearchSpace withBudget(int evaluations) {
        return with(evaluations, population);
    }

    /** Returns the same space, in which this many points are proposed at once. */
    public SearchSpace withPopulation(int points) {
        return with(budget, points);
    }

    private SearchSpace with(int evaluations, int points) {
        return new SearchSpace(
                dimension,
                lower,
                upper,
                evaluations,
                seed,
                gradients,
                exampleOfToken,
                regularization,
                products,
                ending,
                points);
    }

    /** Returns the weights of the base model alone. */
    public double[] zero() {
        return within(new double[dimension]);
    }

    /** Returns the weights of one candidate alone, at weight 1 or as close to it as the bounds allow. */
    public double[] single(int candidate) {
        double[] weights = new double[dimension];
        weights[candidate] = 1;
        return within(weights);
    }

    /** Moves values outside the bounds onto them; NaN becomes 0. */
    public double[] within(double[] weights) {
        double[] inside = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double weight = Double.isNaN(weights[i]) ? 0 : weights[i];
            inside[i] = Math.min(upper, Math.max(lower, weight));
        }
        return inside;
    }
}
