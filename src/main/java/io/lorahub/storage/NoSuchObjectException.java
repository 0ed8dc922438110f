package io.lorahub.storage;

/** The requested object does not exist, or no longer does. */
public final class NoSuchObjectException extends UnusableObjectException {
    NoSuchObjectException(String key) {
        super(key, "The object store has no %s; it may have been deleted.".formatted(key));
    }
}
