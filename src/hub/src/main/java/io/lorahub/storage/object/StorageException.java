package io.lorahub.storage.object;

/**
 * A failure of the object store, described in a sentence that names the object and the remedy, without secrets.
 *
 * <ul>
 *   <li>{@link StoreUnavailableException}: an outage, which says nothing about the requested object; try again later.
 *   <li>{@link StoreFullException}: nothing can be written, because there is no space left.
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
