package io.lorahub.composition;

/** The log of a run cannot be read or written now; the run goes on later. */
class JournalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JournalException(String message, Exception cause) {
        super(message, cause);
    }
}
