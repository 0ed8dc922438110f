package io.lorahub.engine.optimize;

import io.lorahub.engine.setting.SettingValues;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The information that a strategy has before its first request.
 *
 * @param dimension      number of candidates
 * @param settings       values of {@link SearchSettings}; a query with gradient costs
 *                       {@link EvaluationRequest#GRADIENT_COST} of the budget
 * @param gradients      whether queries with gradient are supported
 * @param exampleOfToken the example index of each label token, or null if there are no token losses. The loss is the
 *                       mean over examples of the example's mean token loss
 * @param regularization added to the loss to give the objective
 * @param products       provides the inner products of the candidates' ΔW up to a common factor [N, N], or null if they
 *                       are unknown; called only if the budget does not cover all candidates
 */
public record SearchSpace(
        int dimension,
        SettingValues settings,
        boolean gradients,
        int[] exampleOfToken,
        ToDoubleFunction<double[]> regularization,
        Supplier<double[][]> products) {

    /** Smallest weight (published: -1.5). */
    public double lower() {
        return settings.get(SearchSettings.LOWER);
    }

    /** Largest weight (published: 1.5). */
    public double upper() {
        return settings.get(SearchSettings.UPPER);
    }

    /** Evaluations that may be spent. */
    public int budget() {
        return settings.get(SearchSettings.BUDGET);
    }

    public long seed() {
        return settings.get(SearchSettings.SEED);
    }

    public Ending ending() {
        return Ending.of(settings);
    }

    /** Number of points to propose at once, before any of their results is known. */
    public int population() {
        return settings.find(SearchSettings.POPULATION).orElse(1);
    }

    /** Returns the same space with another budget. */
    public SearchSpace withBudget(int evaluations) {
        return with(settings.with(SearchSettings.BUDGET, evaluations));
    }

    /** Returns the same space, in which this many points are proposed at once. */
    public SearchSpace withPopulation(int points) {
        return with(settings.with(SearchSettings.POPULATION, points));
    }

    private SearchSpace with(SettingValues changed) {
        return new SearchSpace(dimension, changed, gradients, exampleOfToken, regularization, products);
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
        double lower = lower();
        double upper = upper();
        double[] inside = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double weight = Double.isNaN(weights[i]) ? 0 : weights[i];
            inside[i] = Math.min(upper, Math.max(lower, weight));
        }
        return inside;
    }
}
