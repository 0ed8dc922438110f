package io.lorahub.engine.learning.export;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.engine.model.LowRank;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Options for writing a composition as an adapter.
 *
 * @param rank      compress to this rank; empty: lossless
 * @param maxError  compress to the smallest rank whose relative error is within this bound
 * @param compact   whether to compress to that rank only if the mix has a higher rank than each of its adapters, the
 *                  rank becomes much lower, and the file then does the same on the examples; otherwise lossless
 * @param fused     also write the base model with the mix added, in the subfolder {@code fused}
 * @param overwrite whether an existing folder may be replaced
 * @param operator  how the adapters of an exact composition become one; cat: as their sum
 */
public record ExportOptions(
        OptionalInt rank,
        OptionalDouble maxError,
        boolean compact,
        boolean fused,
        boolean overwrite,
        MergeOperator operator) {

    public static final ExportOptions LOSSLESS =
            new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), false, false);

    /**
     * Relative error of a compact adapter. In four of 107 runs on the demo, its exact match on held-out words differed
     * from the lossless adapter's (docs/search.md, Pruning).
     */
    public static final double COMPACT_ERROR = 0.005;

    /** Largest share of the lossless rank that is worth a change of the adapter. */
    private static final double MUCH_LOWER = 0.75;

    /** The sum of the adapters. */
    public ExportOptions(OptionalInt rank, OptionalDouble maxError, boolean fused, boolean overwrite) {
        this(rank, maxError, false, fused, overwrite, MergeOperator.CAT);
    }

    public ExportOptions {
        if (rank.isPresent() && maxError.isPresent()) {
            throw new EngineException("Give a rank or an error bound, not both.");
        }
        if (compact && maxError.isEmpty()) throw new EngineException("A compact adapter needs an error bound.");
        if (rank.isPresent() && rank.getAsInt() < 1) {
            throw new EngineException("The rank must be at least 1, but is %d.".formatted(rank.getAsInt()));
        }
        if (maxError.isPresent() && !(maxError.getAsDouble() >= 0 && maxError.getAsDouble() < 1)) {
            throw new EngineException(
                    "The error bound is a share from 0 to below 1, but is %s.".formatted(maxError.getAsDouble()));
        }
    }

    /** The sum of the adapters at the smallest rank that does the same. */
    public static ExportOptions compact(boolean fused, boolean overwrite) {
        return new ExportOptions(
                OptionalInt.empty(), OptionalDouble.of(COMPACT_ERROR), true, fused, overwrite, MergeOperator.CAT);
    }

    /** The rank to write, at most the lossless one. */
    int rank(LowRank lowRank, List<WeightedAdapter> parts, int lossless) {
        if (compact) {
            boolean worthwhile = lossless > largest(parts)
                    && isMuchLower(lowRank.estimatedRankWithin(maxError.getAsDouble()), lossless);
            if (!worthwhile) return lossless;
        }
        if (rank.isPresent()) return Math.min(lossless, rank.getAsInt());
        if (maxError.isPresent()) return Math.min(lossless, lowRank.rankWithin(maxError.getAsDouble()));
        return operator.method().cutsRank() ? Math.min(lossless, largest(parts)) : lossless;
    }

    public static boolean isMuchLower(int rank, int lossless) {
        return rank <= MUCH_LOWER * lossless;
    }

    private static int largest(List<WeightedAdapter> parts) {
        return parts.stream()
                .mapToInt(p -> LoraModules.of(p.adapter().modules()).rank())
                .max()
                .orElseThrow();
    }

    /** The same, with the adapters merged by another method. */
    public ExportOptions by(MergeOperator other) {
        return new ExportOptions(rank, maxError, compact, fused, overwrite, other);
    }
}
