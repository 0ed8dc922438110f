package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Differentiable;

/**
 * The loss expected by a {@link MarginModel}: the mean over the model's uncertainty, by Gauss-Hermite quadrature.
 * Weights far from all evaluated points are uncertain, and uncertain margins increase the loss, so no trust region is
 * needed.
 */
final class ExpectedLoss implements Differentiable {

    /** Five nodes and weights for a standard normal variable. */
    private static final double[] NODES = {
        -2.8569700138728056, -1.355626179974266, 0, 1.355626179974266, 2.8569700138728056
    };

    private static final double[] NODE_WEIGHTS = {
        0.01125741132772069, 0.22207592200561266, 0.5333333333333334, 0.22207592200561266, 0.01125741132772069
    };

    private final MarginModel model;
    private final double[] shares;
    private final double noise;

    /** @param shares share of each token in the loss */
    ExpectedLoss(MarginModel model, double[] shares) {
        this(model, shares, 0);
    }

    /**
     * @param noise standard deviation of the margin changes caused by new inputs, in addition to the model's
     *              uncertainty
     */
    ExpectedLoss(MarginModel model, double[] shares, double noise) {
        this.model = model;
        this.shares = shares;
        this.noise = noise;
    }

    @Override
    public double value(double[] weights, double[] gradient) {
        MarginModel.Prediction prediction = model.at(weights);
        double[] margins = prediction.margins();
        double deviation = Math.sqrt(prediction.variance() + 1e-8 + noise * noise);
        double[] perMargin = new double[margins.length];
        double value = 0;
        double perDeviation = 0;
        for (int t = 0; t < margins.length; t++) {
            for (int k = 0; k < NODES.length; k++) {
                double margin = margins[t] + deviation * NODES[k];
                double share = shares[t] * NODE_WEIGHTS[k];
                double slope = share * Margins.slope(margin);
                value += share * Margins.loss(margin);
                perMargin[t] += slope;
                perDeviation += slope * NODES[k];
            }
        }
        double[] computed = prediction.gradient(perMargin, perDeviation / (2 * deviation));
        System.arraycopy(computed, 0, gradient, 0, gradient.length);
        return value;
    }
}
