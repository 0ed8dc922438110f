package io.lorahub.remote;

/** Why a request to a hub failed, in a sentence that says what to do. */
public class RemoteException extends RuntimeException {

    public RemoteException(String message) {
        super(message);
    }

    public RemoteException(String message, Throwable cause) {
        super(message, cause);
    }
}
