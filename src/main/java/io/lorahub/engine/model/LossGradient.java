package io.lorahub.engine.model;

/**
 * The results of a forward and a backward pass.
 *
 * @param tokenLosses loss of each label token in nats
 * @param gradient    derivative of the mean over examples of the mean token loss with respect to each weight
 */
public record LossGradient(float[] tokenLosses, double[] gradient) {}
