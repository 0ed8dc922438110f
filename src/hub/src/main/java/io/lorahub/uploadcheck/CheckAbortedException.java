package io.lorahub.uploadcheck;

/** The checking process ended before it answered. */
final class CheckAbortedException extends RuntimeException {

    enum Reason {
        /** It exceeded its memory limit. */
        MEMORY,
        /** It exceeded its time limit. */
        TIME,
        /** It ended unexpectedly, or its answer was invalid. */
        CRASH,
        /** The result is no longer needed. */
        NOT_WANTED,
        /** The hub is shutting down; another of its processes repeats the check. */
        SHUTDOWN
    }

    private final Reason reason;

    CheckAbortedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    CheckAbortedException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
