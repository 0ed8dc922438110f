package io.lorahub.remote;

/** Why something with a hub does not work, in a sentence that says what to do about it. */
public class RemoteException extends RuntimeException {

    public RemoteException(String message) {
        super(message);
    }

    public RemoteException(String message, Throwable cause) {
        super(message, cause);
    }
}
