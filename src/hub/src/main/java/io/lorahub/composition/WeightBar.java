package io.lorahub.composition;

/**
 * A weight as a bar; position and width are shares of the drawing's width, which spans the lower to the upper bound.
 *
 * @param group name of the layer group that the weight is for; empty if it is for all layers
 */
public record WeightBar(String group, double weight, double x, double width) {

    static WeightBar of(RunSpec spec, String group, double weight) {
        double span = spec.upper() - spec.lower();
        return new WeightBar(group, weight, (Math.min(0, weight) - spec.lower()) / span, Math.abs(weight) / span);
    }

    public boolean isIdle() {
        return Math.abs(weight) < 0.005;
    }
}
