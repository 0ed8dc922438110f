package io.lorahub.storage;

/** The store has no space left. What is stored can still be read; nothing can be written until someone makes room. */
public final class StoreFullException extends StoreUnavailableException {
    StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
