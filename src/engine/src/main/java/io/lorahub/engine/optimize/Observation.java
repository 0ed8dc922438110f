package io.lorahub.engine.optimize;

/**
 * The model's results at one point.
 *
 * @param weights     the requested point
 * @param objective   the minimised value: loss plus regularisation
 * @param loss        the objective without its regularisation
 * @param tokenLosses cross-entropy of each label token of all examples, in nats, in the order of
 *                    {@link SearchSpace#exampleOfToken()}; null if the objective is not based on token losses
 * @param gradient    gradient of the objective with respect to the weights; null if not requested
 * @param exampleGradients gradient of each example's mean token loss [examples, weights], whose mean is that of the loss;
 *                    null if not known
 */
public record Observation(
        double[] weights,
        double objective,
        double loss,
        float[] tokenLosses,
        double[] gradient,
        float[][] exampleGradients) {

    public Observation(double[] weights, double objective, double loss, float[] tokenLosses, double[] gradient) {
        this(weights, objective, loss, tokenLosses, gradient, null);
    }
}
