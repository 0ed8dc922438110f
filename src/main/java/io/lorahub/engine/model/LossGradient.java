package io.lorahub.engine.model;

/**
 * What a forward and a backward pass give.
 *
 * @param tokenLosses loss of each label token in nats
 * @param gradient    derivative of the mean over examples of the mean token loss with respect to each weight
 */
public record LossGradient(float[] tokenLosses, double[] gradient) {}
