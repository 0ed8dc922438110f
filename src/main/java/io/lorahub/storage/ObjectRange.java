package io.lorahub.storage;

/** @param length may go beyond the object's end, Long.MAX_VALUE included */
record ObjectRange(long offset, long length) {

    ObjectRange {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "%d bytes from byte %d on are no part of an object; neither may be negative."
                            .formatted(length, offset));
        }
    }

    /** Whether its end is beyond any object's. */
    boolean isOpenEnded() {
        return length >= Long.MAX_VALUE - offset;
    }
}
