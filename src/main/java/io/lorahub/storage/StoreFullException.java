package io.lorahub.storage;

/** The store has no space left. Stored files can still be read, but nothing can be written until space is freed. */
public final class StoreFullException extends StoreUnavailableException {
    StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
