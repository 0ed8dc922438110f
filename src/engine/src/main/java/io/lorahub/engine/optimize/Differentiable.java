package io.lorahub.engine.optimize;

/** A function of a vector with its gradient. */
@FunctionalInterface
public interface Differentiable {

    /** Returns the value at a point and writes its gradient to the second array. */
    double value(double[] point, double[] gradient);
}
