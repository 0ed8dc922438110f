package io.lorahub.bench.reference;

/** The published program cannot be run here. */
final class UnavailableException extends RuntimeException {
    UnavailableException(String message) {
        super(message);
    }
}
