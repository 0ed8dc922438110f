package io.lorahub.download;

/** The file has no byte in the requested range. */
final class UnsatisfiableRangeException extends RuntimeException {

    private final long size;

    /** @param size of the file, in bytes */
    UnsatisfiableRangeException(long size) {
        super("The range lies beyond the file's end; the file has %d bytes.".formatted(size));
        this.size = size;
    }

    long size() {
        return size;
    }
}
