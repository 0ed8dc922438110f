package io.lorahub.engine.model.decoding;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.LayerGroups;
import java.util.List;

/**
 * An adapter's part in a mix.
 *
 * @param weights one weight for each of the {@link LayerGroups#THIRDS} of the layers
 */
public record MixedAdapter(LoraAdapter adapter, List<Double> weights) {

    public MixedAdapter {
        weights = List.copyOf(weights);
        int groups = LayerGroups.THIRDS.size();
        if (weights.size() != groups) {
            throw new EngineException("The adapter %s has %d weights; it needs %d, one for each third of the layers."
                    .formatted(adapter.name(), weights.size(), groups));
        }
        for (double weight : weights) {
            if (!Double.isFinite(weight)) {
                throw new EngineException(
                        "The weight of %s must be a finite number, but is %s.".formatted(adapter.name(), weight));
            }
        }
    }

    /** The same weight in all layers. */
    public static MixedAdapter of(LoraAdapter adapter, double weight) {
        return new MixedAdapter(adapter, List.of(weight, weight, weight));
    }

    /** A weight for each third of the layers, counted from the input. */
    public static MixedAdapter ofThirds(LoraAdapter adapter, double first, double middle, double last) {
        return new MixedAdapter(adapter, List.of(first, middle, last));
    }

    /** Whether the adapter changes nothing. */
    boolean isZero() {
        return weights.stream().allMatch(weight -> weight == 0);
    }
}
