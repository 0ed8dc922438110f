package io.lorahub.engine.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.lorahub.engine.names.EnumNames;

/** The ways to combine the weights of N adapters into one change of the model. */
public enum ComposedWeights {
    /** ΔW = Σ wᵢ sᵢ Bᵢ Aᵢ for each module; ranks and target modules may differ. */
    EXACT,
    /**
     * The paper's composition (Huang et al., arXiv 2307.13269): A = Σ wᵢAᵢ, B = Σ wᵢBᵢ, ΔW = s·B·A with the first
     * adapter's s.
     */
    FACTOR;

    /** The name in JSON and on the command line. */
    @Override
    @JsonValue
    public String toString() {
        return EnumNames.of(this);
    }
}
