package io.lorahub.composition;

import java.util.Comparator;
import java.util.List;

/**
 * The weights of one adapter in a mix.
 *
 * @param bars one for all layers, or one for each layer group in the groups' order
 */
public record AdapterWeights(RunCandidate candidate, List<WeightBar> bars) {

    /** The adapter with the weight farthest from 0 first. */
    public static final Comparator<AdapterWeights> LARGEST_FIRST = Comparator.comparingDouble(
                    (AdapterWeights weights) -> weights.largest())
            .reversed();

    public boolean isIdle() {
        return bars.stream().allMatch(WeightBar::isIdle);
    }

    /** Whether all weights are too close to 0 to be meaningful on their own. */
    public boolean isSlight() {
        return bars.stream().allMatch(WeightBar::isSlight);
    }

    /** Whether the mix contains the adapter. */
    public boolean isUsed() {
        return bars.stream().anyMatch(bar -> bar.weight() != 0);
    }

    private double largest() {
        return bars.stream().mapToDouble(bar -> Math.abs(bar.weight())).max().orElse(0);
    }
}
