package io.lorahub.storage.object;

/**
 * The store cannot be used at the moment: it is unreachable, does not respond in time, refuses every request, or is
 * full. This says nothing about the requested object: wait and try again.
 */
public sealed class StoreUnavailableException extends StorageException permits StoreFullException {
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
