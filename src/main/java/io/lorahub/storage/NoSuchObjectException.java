package io.lorahub.storage;

/** An object that is asked for is not there, or not any more. */
public final class NoSuchObjectException extends UnusableObjectException {
    NoSuchObjectException(String key) {
        super(key, "The object store has no %s; it may have been deleted.".formatted(key));
    }
}
