package io.lorahub.engine.learning.export;

import io.lorahub.engine.error.EngineException;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Options for writing a composition as an adapter.
 *
 * @param rank      compress to this rank; empty: lossless
 * @param maxError  compress to the smallest rank whose relative error is within this bound
 * @param fused     also write the base model with the mix added, in the subfolder {@code fused}
 * @param overwrite whether an existing folder may be replaced
 */
public record ExportOptions(OptionalInt rank, OptionalDouble maxError, boolean fused, boolean overwrite) {

    public static final ExportOptions LOSSLESS =
            new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), false, false);

    public ExportOptions {
        if (rank.isPresent() && maxError.isPresent()) {
            throw new EngineException("Give a rank or an error bound, not both.");
        }
        if (rank.isPresent() && rank.getAsInt() < 1) {
            throw new EngineException("The rank must be at least 1, but is %d.".formatted(rank.getAsInt()));
        }
        if (maxError.isPresent() && !(maxError.getAsDouble() >= 0 && maxError.getAsDouble() < 1)) {
            throw new EngineException(
                    "The error bound is a share from 0 to below 1, but is %s.".formatted(maxError.getAsDouble()));
        }
    }
}
