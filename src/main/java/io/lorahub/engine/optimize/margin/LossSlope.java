package io.lorahub.engine.optimize.margin;

/**
 * Gradients computed by the model at one point: of the loss, or of the share that each example has in it. Each is a
 * <em>part</em> here; no token belongs to two of them.
 *
 * @param point     index of the point among those of the {@link MarginModel}
 * @param gradients gradient of each part of the loss, without regularisation, with respect to the weights [parts, N]
 * @param perMargin derivative of each part with respect to the margin of each token [parts, tokens]
 */
record LossSlope(int point, double[][] gradients, double[][] perMargin) {}
