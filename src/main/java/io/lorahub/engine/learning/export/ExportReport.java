package io.lorahub.engine.learning.export;

import java.util.OptionalDouble;

/**
 * The result of an export.
 *
 * @param rank           rank of the written adapter
 * @param losslessRank   rank of the composition without compression
 * @param relativeError  norm of the part dropped by compression divided by the norm of ΔW, over all modules
 * @param compared       inputs on which the reloaded file and the composition in memory were compared
 * @param equal          number of compared inputs with equal predictions
 * @param lossDifference absolute difference of the mean token loss on them
 * @param fusedError     if a full model was written: the part of the change lost by rounding to the model's type,
 *                       relative to the norm of the change
 */
public record ExportReport(
        int rank,
        int losslessRank,
        double relativeError,
        int compared,
        int equal,
        double lossDifference,
        OptionalDouble fusedError) {

    /** The same, of an adapter that was cut from a higher rank. */
    ExportReport compressedFrom(int lossless, double error) {
        return new ExportReport(rank, lossless, error, compared, equal, lossDifference, fusedError);
    }

    ExportReport withFusedError(double error) {
        return new ExportReport(
                rank, losslessRank, relativeError, compared, equal, lossDifference, OptionalDouble.of(error));
    }
}
