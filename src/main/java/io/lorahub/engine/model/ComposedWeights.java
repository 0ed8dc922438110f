package io.lorahub.engine.model;

/** The ways to combine the weights of N adapters into one change of the model. */
public enum ComposedWeights {
    /** ΔW = Σ wᵢ sᵢ Bᵢ Aᵢ for each module; ranks and target modules may differ. */
    EXACT,
    /**
     * The paper's composition (Huang et al., arXiv 2307.13269): A = Σ wᵢAᵢ, B = Σ wᵢBᵢ, ΔW = s·B·A with the first
     * adapter's s.
     */
    FACTOR
}
