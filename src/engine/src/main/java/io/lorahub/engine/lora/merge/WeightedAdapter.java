package io.lorahub.engine.lora.merge;

import io.lorahub.engine.lora.LoraAdapter;

/** An adapter and its weight w in Σ wᵢ·ΔWᵢ. */
public record WeightedAdapter(LoraAdapter adapter, double weight) {

    public WeightedAdapter {
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException("the weight of %s is %s".formatted(adapter.name(), weight));
        }
    }
}
