package io.lorahub.storage;

/**
 * The store cannot be used at the moment: it cannot be reached, does not answer in time, refuses every request, or has no
 * space left. This says nothing about the object that was asked for: wait and try again.
 */
public sealed class StoreUnavailableException extends StorageException permits StoreFullException {
    StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
