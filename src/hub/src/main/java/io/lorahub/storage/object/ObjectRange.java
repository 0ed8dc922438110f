package io.lorahub.storage.object;

/** @param length in bytes; may exceed the end of the object, up to Long.MAX_VALUE */
public record ObjectRange(long offset, long length) {

    public ObjectRange {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "%d bytes from byte %d on are no part of an object; neither may be negative."
                            .formatted(length, offset));
        }
    }

    /** Whether the range extends beyond the end of any object. */
    public boolean isOpenEnded() {
        return length >= Long.MAX_VALUE - offset;
    }
}
