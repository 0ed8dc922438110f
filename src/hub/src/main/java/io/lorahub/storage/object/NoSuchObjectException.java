package io.lorahub.storage.object;

/** The requested object does not exist, or no longer does. */
public final class NoSuchObjectException extends UnusableObjectException {
    public NoSuchObjectException(String key) {
        super(key, "The object store has no %s; it may have been deleted.".formatted(key));
    }
}
