package io.lorahub.composition;

/**
 * A weight as a bar; position and width are shares of the drawing's width, which spans the lower to the upper bound.
 *
 * @param group name of the layer group that the weight is for; empty if it is for all layers
 */
public record WeightBar(String group, double weight, double x, double width) {

    /** Weights closer to 0 are not meaningful on their own. */
    public static final double SLIGHT = 0.05;

    public boolean isIdle() {
        return Math.abs(weight) < 0.005;
    }

    /** Whether the weight is too close to 0 to be meaningful on its own. */
    public boolean isSlight() {
        return Math.abs(weight) < SLIGHT;
    }
}
