package io.lorahub.remote;

/** The network's fault, so that trying again may help. */
final class ConnectionLost extends RemoteException {

    ConnectionLost(String message, Throwable cause) {
        super(message, cause);
    }
}
