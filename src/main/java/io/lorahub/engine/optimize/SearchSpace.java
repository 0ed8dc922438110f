package io.lorahub.engine.optimize;

import java.util.function.ToDoubleFunction;

/**
 * What a strategy knows before its first question.
 *
 * @param dimension      number of candidates
 * @param lower          smallest weight (published: -1.5)
 * @param upper          largest weight (published: 1.5)
 * @param budget         evaluations that may be spent; a query with gradient costs {@link Query#GRADIENT_COST}
 * @param seed           of every random choice
 * @param gradients      whether queries with gradient are answered
 * @param exampleOfToken the example that each label token belongs to, or null where there are no token losses. The loss
 *                       is the mean over examples of the example's mean token loss
 * @param regularization added to the loss to give the objective
 */
public record SearchSpace(
        int dimension,
        double lower,
        double upper,
        int budget,
        long seed,
        boolean gradients,
        int[] exampleOfToken,
        ToDoubleFunction<double[]> regularization) {}
