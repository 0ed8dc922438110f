package io.lorahub.storage.upkeep;

/**
 * The result of a sweep.
 *
 * @param blobs number of unreferenced contents removed
 * @param staged number of abandoned objects removed from staging
 * @param bytes total size of both
 */
public record SweepResult(int blobs, int staged, long bytes) {

    static final SweepResult NOTHING = new SweepResult(0, 0, 0);

    static SweepResult blob(long bytes) {
        return new SweepResult(1, 0, bytes);
    }

    static SweepResult staged(long bytes) {
        return new SweepResult(0, 1, bytes);
    }

    SweepResult plus(SweepResult other) {
        return new SweepResult(blobs + other.blobs, staged + other.staged, bytes + other.bytes);
    }
}
