package io.lorahub.childprocess;

/** The child process ended before it answered. */
public final class ChildAbortedException extends RuntimeException {

    public enum Reason {
        /** It exceeded its memory limit. */
        MEMORY,
        /** It exceeded its time limit. */
        TIME,
        /** It ended unexpectedly, or its answer was invalid. */
        CRASH,
        /** The answer is no longer needed. */
        NOT_NEEDED,
        /** The hub is shutting down; another of its processes repeats the work. */
        SHUTDOWN
    }

    private final Reason reason;

    ChildAbortedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    ChildAbortedException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
