package io.lorahub.engine.learning.export;

import java.util.OptionalDouble;

/**
 * The result of an export.
 *
 * @param rank          rank of the written adapter
 * @param losslessRank  rank of the composition without compression
 * @param relativeError norm of the part dropped by compression divided by the norm of ΔW, over all modules
 * @param fusedError    if a full model was written: the part of the change lost by rounding to the model's type,
 *                      relative to the norm of the change
 */
public record ExportReport(
        int rank, int losslessRank, double relativeError, Comparison comparison, OptionalDouble fusedError) {

    /** Least loss, in nats, a share of which may be lost: below it, the loss is mostly noise of the few examples. */
    private static final double LEAST_LOSS = 0.01;

    /** Largest share of the loss by which the file of an equivalent adapter may differ. */
    private static final double LOSS_SHARE = 0.1;

    /**
     * The reloaded file beside the composition in memory.
     *
     * @param inputs         number of compared inputs
     * @param equal          how many of them have equal predictions
     * @param loss           mean token loss of the composition on them, in nats
     * @param lossDifference absolute difference of the file's mean token loss from it
     */
    public record Comparison(int inputs, int equal, double loss, double lossDifference) {

        /** Whether the file does what the composition does: the same predictions at about the same loss. */
        boolean isEquivalent() {
            return equal == inputs && lossDifference <= LOSS_SHARE * Math.max(LEAST_LOSS, loss);
        }
    }

    /** The same, of an adapter that was cut from a higher rank. */
    ExportReport compressedFrom(int lossless, double error) {
        return new ExportReport(rank, lossless, error, comparison, fusedError);
    }

    ExportReport withFusedError(double error) {
        return new ExportReport(rank, losslessRank, relativeError, comparison, OptionalDouble.of(error));
    }
}
