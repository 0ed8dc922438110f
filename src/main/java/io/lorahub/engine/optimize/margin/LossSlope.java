package io.lorahub.engine.optimize.margin;

/**
 * A gradient of the loss, computed by the model.
 *
 * @param point     index of the point among those of the {@link MarginModel}
 * @param gradient  gradient of the loss, without regularisation, with respect to the weights
 * @param perMargin derivative of the loss with respect to the margin of each token
 */
record LossSlope(int point, double[] gradient, double[] perMargin) {}
