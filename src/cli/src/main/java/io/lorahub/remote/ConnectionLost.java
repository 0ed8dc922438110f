package io.lorahub.remote;

/** A network error, so a retry may help. */
final class ConnectionLost extends RemoteException {

    private final boolean established;

    /** @param established false where no connection was made, so that the hub has not seen the request */
    ConnectionLost(String message, boolean established, Throwable cause) {
        super(message, cause);
        this.established = established;
    }

    boolean wasEstablished() {
        return established;
    }
}
