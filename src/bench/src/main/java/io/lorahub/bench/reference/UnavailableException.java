package io.lorahub.bench.reference;

/** The published program, or another program to compare with, cannot be run here. */
public final class UnavailableException extends RuntimeException {
    public UnavailableException(String message) {
        super(message);
    }
}
