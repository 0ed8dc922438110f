package io.lorahub.engine.model.decoding;

import java.util.BitSet;
import java.util.Optional;

/**
 * Decides which places of a cache of keys and values belong to which text. A text gets places that follow one another, in
 * whole blocks. They begin at a multiple of their number, rounded up to a power of two, so that texts of similar length lie
 * evenly apart and can be computed together.
 */
final class CachePlaces {

    static final int BLOCK = 32;

    /**
     * A text's places.
     *
     * @param stride the distance from the next text of similar length
     */
    record Range(int first, int count, int stride) {}

    private final int blocks;
    private final BitSet used = new BitSet();

    /** @param places how many there are; rounded up to whole blocks */
    CachePlaces(int places) {
        blocks = blocks(places);
    }

    private static int blocks(int places) {
        return (int) (((long) places + BLOCK - 1) / BLOCK);
    }

    /** The distance between texts that need so many places. */
    static int stride(int places) {
        return Integer.highestOneBit(Math.max(1, 2 * blocks(places) - 1)) * BLOCK;
    }

    /** Number of all places. */
    int size() {
        return Math.multiplyExact(blocks, BLOCK);
    }

    /** Whether a text would find room if there were no other. */
    boolean canHold(long places) {
        return places <= size();
    }

    /** Takes the first free places that are suitable; empty if there are none. */
    Optional<Range> take(int places) {
        int count = blocks(places);
        int stride = stride(places) / BLOCK;
        for (int first = 0; first + count <= blocks; first += stride) {
            int taken = used.nextSetBit(first);
            if (taken < 0 || taken >= first + count) {
                used.set(first, first + count);
                return Optional.of(new Range(first * BLOCK, count * BLOCK, stride * BLOCK));
            }
        }
        return Optional.empty();
    }

    void free(Range range) {
        used.clear(range.first / BLOCK, (range.first + range.count) / BLOCK);
    }

    /** Number of places that belong to texts. */
    int taken() {
        return used.cardinality() * BLOCK;
    }
}
