package io.lorahub.storage;

/**
 * What the object store could not do, in a sentence that names the object and what to do about it. No secrets.
 *
 * <ul>
 *   <li>{@link StoreUnavailableException}: an outage. It says nothing about what was asked for; try again later.
 *   <li>{@link StoreFullException}: an outage of writes, as there is no space left.
 *   <li>{@link UnusableObjectException}: one object is missing or damaged. Trying again does not help; sending the same
 *       bytes again does.
 * </ul>
 */
public class StorageException extends RuntimeException {
    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
