package io.lorahub.engine.optimize;

/**
 * What the model said of one point.
 *
 * @param weights     the point as asked
 * @param objective   what is minimised: loss plus regularisation
 * @param loss        the objective without its regularisation
 * @param tokenLosses cross-entropy of each label token of all examples, in nats, in the order of
 *                    {@link SearchSpace#exampleOfToken()}; null where the objective is not made of token losses
 * @param gradient    of the objective with respect to the weights; null where it was not asked for
 */
public record Observation(double[] weights, double objective, double loss, float[] tokenLosses, double[] gradient) {}
