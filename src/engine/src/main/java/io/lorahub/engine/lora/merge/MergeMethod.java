package io.lorahub.engine.lora.merge;

import java.util.Locale;

/**
 * The combination types of PEFT's {@code add_weighted_adapter} (PEFT 0.21.2), by the same names. Those that end in svd
 * work on the products ΔWᵢ = sᵢ·Bᵢ·Aᵢ and cut the result to a rank. All others but cat work on the factors A and B.
 */
public enum MergeMethod {
    /** ΔW = Σ wᵢ·ΔWᵢ, lossless, by concatenated factors. */
    CAT(Space.SUM, Pruning.NONE, false),
    /** A = Σ ±√|wᵢsᵢ|·Aᵢ with the sign of wᵢsᵢ, and B = Σ √|wᵢsᵢ|·Bᵢ. */
    LINEAR(Space.FACTORS, Pruning.NONE, false),
    /** Like cat, at a lower rank. */
    SVD(Space.SUM, Pruning.NONE, false),
    /** Yadav et al. 2023, arXiv 2306.01708. */
    TIES(Space.FACTORS, Pruning.MAGNITUDE, true),
    TIES_SVD(Space.PRODUCTS, Pruning.MAGNITUDE, true),
    /** Yu et al. 2023, arXiv 2311.03099. */
    DARE_LINEAR(Space.FACTORS, Pruning.RANDOM, false),
    DARE_TIES(Space.FACTORS, Pruning.RANDOM, true),
    DARE_LINEAR_SVD(Space.PRODUCTS, Pruning.RANDOM, false),
    DARE_TIES_SVD(Space.PRODUCTS, Pruning.RANDOM, true),
    MAGNITUDE_PRUNE(Space.FACTORS, Pruning.MAGNITUDE, false),
    MAGNITUDE_PRUNE_SVD(Space.PRODUCTS, Pruning.MAGNITUDE, false);

    /** What is merged: the whole sum at once, the factors each by itself, or the products. */
    enum Space {
        SUM,
        FACTORS,
        PRODUCTS
    }

    /** Which elements of each tensor are kept before merging. */
    enum Pruning {
        NONE,
        MAGNITUDE,
        RANDOM
    }

    private final Space space;
    private final Pruning pruning;
    private final boolean elects;

    MergeMethod(Space space, Pruning pruning, boolean elects) {
        this.space = space;
        this.pruning = pruning;
        this.elects = elects;
    }

    Space space() {
        return space;
    }

    Pruning pruning() {
        return pruning;
    }

    /** Whether the adapters must have the same rank in each module. */
    public boolean needsEqualRanks() {
        return space == Space.FACTORS;
    }

    /** Whether it keeps a share of the elements, the density. */
    public boolean prunes() {
        return pruning != Pruning.NONE;
    }

    /** Whether the kept elements are drawn at random. */
    public boolean isRandom() {
        return pruning == Pruning.RANDOM;
    }

    /** Whether the adapters elect a sign for each element. */
    public boolean electsSigns() {
        return elects;
    }

    /** Whether the result is cut to a rank, by default the largest one of the adapters. */
    public boolean cutsRank() {
        return this == SVD || space == Space.PRODUCTS;
    }

    /** PEFT's name, such as {@code ties_svd}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
