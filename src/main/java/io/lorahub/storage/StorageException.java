package io.lorahub.storage;

/** What the object store could not do, in a sentence that names the object and what to do about it. No secrets. */
public class StorageException extends RuntimeException {
    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
