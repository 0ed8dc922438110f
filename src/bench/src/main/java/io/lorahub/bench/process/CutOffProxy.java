package io.lorahub.bench.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A port of this machine that leads to a server, until it is cut off. With several servers, each connection goes to the next
 * of them that answers, as with a load balancer.
 */
public final class CutOffProxy implements AutoCloseable {

    private static final int BUFFER = 1 << 14;

    private final ServerSocket listening;
    private final List<InetSocketAddress> servers;

    /** Of both sides. */
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private volatile boolean cut;
    private int turn;

    public CutOffProxy(List<InetSocketAddress> servers) {
        this.servers = List.copyOf(servers);
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("There is no free port.", e);
        }
        start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Number of connections that are open. */
    public int connections() {
        return sockets.size() / 2;
    }

    /** Ends all connections and refuses others, until {@link #mend}. */
    public void cutOff() {
        cut = true;
        sockets.forEach(CutOffProxy::end);
    }

    public void mend() {
        cut = false;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = cut ? null : connected();
            if (server == null) {
                end(client);
                continue;
            }
            // otherwise each small message waits for 40 ms
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            if (cut) { // since it was connected
                end(client);
                end(server);
            }
            start(() -> copy(client, server));
            start(() -> copy(server, client));
        }
    }

    /** Null if none answers. */
    private Socket connected() {
        for (int i = 0; i < servers.size(); i++) {
            InetSocketAddress server = servers.get(turn++ % servers.size());
            try {
                return new Socket(server.getAddress(), server.getPort());
            } catch (IOException e) {
                // the next one may answer
            }
        }
        return null;
    }

    private void copy(Socket from, Socket to) throws IOException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) out.write(buffer, 0, read);
        } finally {
            for (Socket socket : List.of(from, to)) {
                end(socket);
                sockets.remove(socket);
            }
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it has ended
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // one of both sides has gone
                    }
                },
                "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        cutOff();
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
