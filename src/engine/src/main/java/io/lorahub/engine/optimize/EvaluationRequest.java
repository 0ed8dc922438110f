package io.lorahub.engine.optimize;

/**
 * A point that a strategy wants evaluated.
 *
 * @param weights  one weight per candidate, within the bounds
 * @param gradient whether the gradient of the objective is needed too
 */
public record EvaluationRequest(double[] weights, boolean gradient) {

    /** A forward and a backward pass cost about as much as three forward passes. */
    public static final int GRADIENT_COST = 3;

    public static EvaluationRequest of(double[] weights) {
        return new EvaluationRequest(weights, false);
    }

    public static EvaluationRequest withGradient(double[] weights) {
        return new EvaluationRequest(weights, true);
    }

    /** Evaluations charged to the budget. */
    public int cost() {
        return gradient ? GRADIENT_COST : 1;
    }
}
