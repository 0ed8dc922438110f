package io.lorahub.storage.object;

/** An input exceeds its maximum size. */
public final class TooLargeException extends StorageException {

    private final long maxBytes;

    TooLargeException(long maxBytes) {
        super("The file has more than the %,d bytes that are allowed.".formatted(maxBytes));
        this.maxBytes = maxBytes;
    }

    public long maxBytes() {
        return maxBytes;
    }
}
