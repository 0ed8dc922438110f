package io.lorahub.storage;

/**
 * What a sweep removed.
 *
 * @param blobs  contents that nothing referred to
 * @param staged objects that were left in staging
 * @param bytes  of both
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
