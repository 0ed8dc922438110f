package io.lorahub.doctor;

/** The process of the checks was ended before it answered. */
final class CheckAbortedException extends RuntimeException {

    enum Reason {
        /** It needed more than it may have. */
        MEMORY,
        /** It took longer than it may. */
        TIME,
        /** It ended by itself, or said something that is no answer. */
        CRASH,
        /** Nobody waits for the answer any more. */
        NOT_WANTED,
        /** The hub ends; another process of it does the check anew. */
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
