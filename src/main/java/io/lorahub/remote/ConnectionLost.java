package io.lorahub.remote;

/** A network error, so a retry may help. */
final class ConnectionLost extends RemoteException {

    ConnectionLost(String message, Throwable cause) {
        super(message, cause);
    }
}
