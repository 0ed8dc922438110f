package io.lorahub.testsupport.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A proxy to an S3 server that is slow at copying: a copy takes longer than the test's transactions are allowed to. */
public final class SlowCopies {

    private static final Duration DELAY = Duration.ofSeconds(7);

    private final ServerSocket listening;
    private final URI server;
    private final AtomicBoolean delay = new AtomicBoolean();
    private volatile boolean delayed;

    public SlowCopies(URI server) throws IOException {
        this.server = server;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    public void delayNext() {
        delay.set(true);
    }

    public boolean delayed() {
        return delayed;
    }

    private void accept() throws Exception {
        while (true) {
            Socket client = listening.accept();
            run(() -> connect(client));
        }
    }

    private void connect(Socket client) throws Exception {
        try {
            Socket there = new Socket(server.getHost(), server.getPort());
            run(() -> copy(client, there));
            run(() -> copy(there, client));
        } catch (IOException e) {
            client.close(); // the server isn't running
        }
    }

    private void copy(Socket from, Socket to) throws Exception {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[1 << 16];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                String text = new String(chunk, 0, read, StandardCharsets.ISO_8859_1);
                if (text.contains("x-amz-copy-source") && delay.getAndSet(false)) {
                    delayed = true;
                    Thread.sleep(DELAY.toMillis()); // the fault that is injected
                }
                out.write(chunk, 0, read);
                out.flush();
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception e) {
                // one of both sides has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
