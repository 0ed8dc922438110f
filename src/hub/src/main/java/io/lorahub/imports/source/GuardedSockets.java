package io.lorahub.imports.source;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.function.Predicate;
import javax.net.SocketFactory;

/**
 * Sockets that connect only to permitted addresses. The check is on the address itself, after the name was resolved, so
 * that a name which resolves to another address each time gains nothing.
 */
final class GuardedSockets extends SocketFactory {

    private final Predicate<InetSocketAddress> permitted;

    GuardedSockets(Predicate<InetSocketAddress> permitted) {
        this.permitted = permitted;
    }

    static final class BlockedAddressException extends IOException {

        private static final long serialVersionUID = 1;

        BlockedAddressException() {
            super("The address isn't permitted.");
        }
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress address, int timeout) throws IOException {
                if (!(address instanceof InetSocketAddress internet) || !permitted.test(internet)) {
                    throw new BlockedAddressException();
                }
                super.connect(address, timeout);
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }
}
