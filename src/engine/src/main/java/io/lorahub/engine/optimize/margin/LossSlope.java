package io.lorahub.engine.optimize.margin;

/**
 * Gradients computed by the model at one point: of the loss, or of the share that each example has in it. Each is a
 * <em>part</em> here; no token belongs to two of them.
 *
 * @param point     index of the point among those of the {@link MarginModel}
 * @param gradients gradient of each part of the loss, without regularisation, with respect to the weights [parts, N]
 * @param perMargin derivative of the loss with respect to the margin of each token [tokens]
 * @param partOf    the part that each token belongs to [tokens]
 */
record LossSlope(int point, double[][] gradients, double[] perMargin, int[] partOf) {

    /** Returns, for each part, the product of its derivatives and of these values of its tokens. */
    double[] products(double[] values) {
        double[] products = new double[gradients.length];
        for (int t = 0; t < perMargin.length; t++) products[partOf[t]] += perMargin[t] * values[t];
        return products;
    }

    /** Adds to each token its derivative times the factor of its part. */
    void add(double[] factors, double[] toTokens) {
        for (int t = 0; t < perMargin.length; t++) toTokens[t] += factors[partOf[t]] * perMargin[t];
    }
}
