package io.lorahub.serve;

/** The reason why the server cannot run, in one sentence that names the cause and the remedy. */
public final class ServeException extends RuntimeException {

    public ServeException(String message) {
        super(message);
    }

    public ServeException(String message, Throwable cause) {
        super(message, cause);
    }
}
