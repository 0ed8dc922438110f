package io.lorahub.engine.learning;

import java.util.OptionalDouble;

/**
 * What was written.
 *
 * @param rank           of the written adapter
 * @param losslessRank   that the composition has without compression
 * @param relativeError  norm of what compression dropped by the norm of ΔW, over all modules
 * @param compared       inputs on which the reloaded file and the composition in memory were compared
 * @param equal          how many of them have equal predictions
 * @param lossDifference absolute difference of the mean token loss on them
 * @param fusedError     where a full model was written: what rounding to its type lost of the change, as its share by norm
 */
public record ExportReport(
        int rank,
        int losslessRank,
        double relativeError,
        int compared,
        int equal,
        double lossDifference,
        OptionalDouble fusedError) {

    ExportReport withFusedError(double error) {
        return new ExportReport(
                rank, losslessRank, relativeError, compared, equal, lossDifference, OptionalDouble.of(error));
    }
}
