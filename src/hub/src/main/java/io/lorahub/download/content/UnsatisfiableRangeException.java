package io.lorahub.download.content;

/** The file has no byte in the requested range. */
public final class UnsatisfiableRangeException extends RuntimeException {

    private final long size;

    /** @param size of the file, in bytes */
    UnsatisfiableRangeException(long size) {
        super("The range lies beyond the file's end; the file has %d bytes.".formatted(size));
        this.size = size;
    }

    public long size() {
        return size;
    }
}
