package io.lorahub.engine.optimize;

/** A function of a vector with its gradient. */
@FunctionalInterface
interface Differentiable {

    /** The value at a point; its gradient is written into the second array. */
    double value(double[] point, double[] gradient);
}
