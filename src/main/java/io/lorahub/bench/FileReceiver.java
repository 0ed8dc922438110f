package io.lorahub.bench;

import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Receives the body of one answer into a file, through a plain socket and one buffer, for the reason of {@link FileSender}. */
record FileReceiver(URI hub, String token) {

    private static final int BUFFER = 1 << 20;

    /** Returns when all that came is on the disk. */
    void get(String path, Path target) throws IOException {
        try (SocketChannel in = SocketChannel.open(new InetSocketAddress(hub.getHost(), hub.getPort()));
                FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            String head = """
                    GET %s HTTP/1.1
                    Host: %s
                    Authorization: Bearer %s
                    Connection: close

                    """.formatted(path, hub.getAuthority(), token).replace("\n", "\r\n");
            ByteBuffer request = StandardCharsets.US_ASCII.encode(head);
            while (request.hasRemaining()) in.write(request);
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
            skipHead(in, buffer);
            do {
                while (buffer.hasRemaining()) out.write(buffer);
                buffer.clear();
                if (in.read(buffer) < 0) break;
                buffer.flip();
            } while (true);
            out.force(true);
        }
    }

    /** Leaves in the buffer what came of the body. */
    private static void skipHead(SocketChannel in, ByteBuffer buffer) throws IOException {
        String come = "";
        while (!come.contains("\r\n\r\n") && buffer.hasRemaining() && in.read(buffer) >= 0) {
            come = StandardCharsets.ISO_8859_1.decode(buffer.duplicate().flip()).toString();
        }
        if (!come.startsWith("HTTP/1.1 200")) throw new EngineException("The hub did not send the file: " + come);
        buffer.flip().position(come.indexOf("\r\n\r\n") + 4);
    }
}
