package io.lorahub.testsupport.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy on which connections break after a number of bytes, whatever they carry. */
public final class BreakingProxy implements AutoCloseable {

    private final ServerSocket listening;
    private volatile URI server;
    private final Deque<Long> down = new ConcurrentLinkedDeque<>();
    private final Deque<Long> up = new ConcurrentLinkedDeque<>();
    private final AtomicInteger broken = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    public BreakingProxy(URI server) throws IOException {
        this.server = server;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    /** The next connection ends after this many bytes from the server. */
    public BreakingProxy breakDownAfter(long bytes) {
        down.add(bytes);
        return this;
    }

    /** The next connection ends after this many bytes to the server. */
    public BreakingProxy breakUpAfter(long bytes) {
        up.add(bytes);
        return this;
    }

    public URI address() {
        return URI.create("http://localhost:" + listening.getLocalPort());
    }

    /** How many connections have been broken. */
    public int broken() {
        return broken.get();
    }

    /** Connections from now on go to this server instead. */
    public void to(URI other) {
        server = other;
    }

    private void accept() throws IOException {
        while (!listening.isClosed()) {
            Socket client = listening.accept();
            sockets.add(client);
            if (listening.isClosed()) client.close(); // close() may have gone over the sockets already
            try {
                Socket there = new Socket(server.getHost(), server.getPort());
                client.setTcpNoDelay(true); // otherwise each small message waits for 40 ms
                there.setTcpNoDelay(true);
                run(() -> copy(client, there, up));
                run(() -> copy(there, client, down));
            } catch (ConnectException e) {
                client.close(); // the server is down
            }
        }
    }

    private void copy(Socket from, Socket to, Deque<Long> limits) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[4096];
            long passed = 0;
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                Long limit = limits.peek();
                if (limit != null && passed + read > limit && limits.remove(limit)) {
                    out.write(chunk, 0, (int) Math.max(0, limit - passed));
                    out.flush();
                    broken.incrementAndGet();
                    return;
                }
                out.write(chunk, 0, read);
                out.flush();
                passed += read;
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // one of both sides has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends what goes over it as well, as if the server had stopped. */
    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets) socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
