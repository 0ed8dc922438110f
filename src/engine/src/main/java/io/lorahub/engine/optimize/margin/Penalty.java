package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.SearchSpace;

/**
 * Splits any regularisation into a multiple of the sum of |w| and a smooth rest, so that minimisers can treat the kink
 * of |w| at zero exactly.
 */
public final class Penalty {

    private static final double STEP = 1e-6;

    private final SearchSpace space;
    private final double perUnit;

    public Penalty(SearchSpace space) {
        this.space = space;
        double[] weights = new double[space.dimension()];
        double atZero = space.regularization().applyAsDouble(weights);
        weights[0] = STEP;
        double above = space.regularization().applyAsDouble(weights);
        weights[0] = -STEP;
        double below = space.regularization().applyAsDouble(weights);
        perUnit = Math.max(0, (above + below - 2 * atZero) / (2 * STEP));
    }

    /** Factor of the sum of |w|, which causes the kink. */
    double perUnit() {
        return perUnit;
    }

    double rest(double[] weights) {
        double sum = 0;
        for (double weight : weights) sum += Math.abs(weight);
        return space.regularization().applyAsDouble(weights) - perUnit * sum;
    }

    /** Adds the gradient of the rest, if there is one. */
    void addRestGradient(double[] weights, double[] gradient) {
        if (Math.abs(rest(weights)) < 1e-7) return;
        double[] whole = gradient(weights);
        for (int i = 0; i < weights.length; i++) {
            gradient[i] += whole[i] - perUnit * Math.signum(weights[i]);
        }
    }

    /** Gradient of the whole regularisation by central differences; 0 at a kink, as in the received gradients. */
    public double[] gradient(double[] weights) {
        double[] at = weights.clone();
        double[] gradient = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            at[i] = weights[i] + STEP;
            double above = space.regularization().applyAsDouble(at);
            at[i] = weights[i] - STEP;
            gradient[i] = (above - space.regularization().applyAsDouble(at)) / (2 * STEP);
            at[i] = weights[i];
        }
        return gradient;
    }
}
