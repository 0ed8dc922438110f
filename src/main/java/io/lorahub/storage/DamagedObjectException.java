package io.lorahub.storage;

/** An object does not hold the bytes that its SHA-256 names. */
public final class DamagedObjectException extends UnusableObjectException {
    public DamagedObjectException(String key) {
        super(key, "The object %s is damaged: its bytes do not match its SHA-256.".formatted(key));
    }
}
