package io.lorahub.storage.object;

import java.util.Optional;

/**
 * The store works, but this one object is missing or damaged. Trying again does not help; sending the same bytes again
 * does.
 */
public abstract sealed class UnusableObjectException extends StorageException
        permits NoSuchObjectException, DamagedObjectException {

    private final String key;

    UnusableObjectException(String key, String message) {
        super(message);
        this.key = key;
    }

    public String key() {
        return key;
    }

    /** SHA-256 of the expected content, as in the database; empty for a file in staging. */
    public Optional<String> sha256() {
        return ObjectKey.isBlob(key) ? Optional.of(key.substring(key.lastIndexOf('/') + 1)) : Optional.empty();
    }
}
