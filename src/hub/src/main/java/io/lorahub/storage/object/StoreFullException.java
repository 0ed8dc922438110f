package io.lorahub.storage.object;

/** The store has no space left. Stored files can still be read, but nothing can be written until space is freed. */
public final class StoreFullException extends StoreUnavailableException {
    public StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
