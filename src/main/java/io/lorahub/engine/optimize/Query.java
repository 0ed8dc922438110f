package io.lorahub.engine.optimize;

/**
 * A point that a strategy wants evaluated.
 *
 * @param weights  one weight per candidate, within the bounds
 * @param gradient whether the gradient of the objective is wanted as well
 */
public record Query(double[] weights, boolean gradient) {

    /** A forward and a backward pass cost about as much as three forwards. */
    public static final int GRADIENT_COST = 3;

    public static Query of(double[] weights) {
        return new Query(weights, false);
    }

    public static Query withGradient(double[] weights) {
        return new Query(weights, true);
    }

    /** Evaluations charged to the budget. */
    public int cost() {
        return gradient ? GRADIENT_COST : 1;
    }
}
