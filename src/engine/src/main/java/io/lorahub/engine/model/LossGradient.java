package io.lorahub.engine.model;

/**
 * The results of a forward and a backward pass.
 *
 * @param tokenLosses loss of each label token in nats
 * @param gradient    derivative of the mean over examples of the mean token loss with respect to each weight
 * @param ofExamples  the same of each example's mean token loss [examples, weights]; null if only the mean is known
 */
public record LossGradient(float[] tokenLosses, double[] gradient, float[][] ofExamples) {

    LossGradient(float[] tokenLosses, double[] gradient) {
        this(tokenLosses, gradient, null);
    }
}
