package io.lorahub.storage.object;

/** The bytes of an object do not match its SHA-256. */
public final class DamagedObjectException extends UnusableObjectException {
    public DamagedObjectException(String key) {
        super(key, "The object %s is damaged: its bytes do not match its SHA-256.".formatted(key));
    }
}
