package io.lorahub.engine.learning;

/**
 * What was written.
 *
 * @param rank           of the written adapter
 * @param losslessRank   that the composition has without compression
 * @param relativeError  norm of what compression dropped by the norm of ΔW, over all modules
 * @param compared       inputs on which the reloaded file and the composition in memory were compared
 * @param equal          how many of them have equal predictions
 * @param lossDifference absolute difference of the mean token loss on them
 */
public record ExportReport(
        int rank, int losslessRank, double relativeError, int compared, int equal, double lossDifference) {}
