package io.lorahub.engine.model;

/** How the weights of N adapters make one change of the model. */
public enum ComposedWeights {
    /** ΔW = Σ wᵢ sᵢ Bᵢ Aᵢ for each module; ranks and target modules may differ. */
    EXACT,
    /** The paper's (Huang et al., arXiv 2307.13269): A = Σ wᵢAᵢ, B = Σ wᵢBᵢ, ΔW = s·B·A with the first adapter's s. */
    FACTOR
}
