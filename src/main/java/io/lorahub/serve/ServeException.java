package io.lorahub.serve;

/** Why the server cannot run, said in one sentence that names the thing and what to do about it. */
public final class ServeException extends RuntimeException {

    public ServeException(String message) {
        super(message);
    }

    public ServeException(String message, Throwable cause) {
        super(message, cause);
    }
}
