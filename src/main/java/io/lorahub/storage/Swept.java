package io.lorahub.storage;

/**
 * What a sweep removed.
 *
 * @param blobs  contents that nothing referred to
 * @param staged objects that were left in staging
 * @param bytes  of both
 */
public record Swept(int blobs, int staged, long bytes) {

    static final Swept NOTHING = new Swept(0, 0, 0);

    static Swept blob(long bytes) {
        return new Swept(1, 0, bytes);
    }

    static Swept staged(long bytes) {
        return new Swept(0, 1, bytes);
    }

    Swept plus(Swept other) {
        return new Swept(blobs + other.blobs, staged + other.staged, bytes + other.bytes);
    }
}
