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

/**
 * Sends a file as the body of one request through a plain socket, by sendfile, as curl and browsers do with little work of
 * their own: the sender shares the processors with the hub that is measured, and Java's HTTP client would take a good part
 * of them.
 */
record FileSender(URI hub, String token) {

    private static final int ANSWER_BYTES = 1 << 16;

    /** Returns when the hub has answered that it has the whole file. */
    void patch(String path, Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file);
                SocketChannel out = SocketChannel.open(new InetSocketAddress(hub.getHost(), hub.getPort()))) {
            String head =
                    """
                    PATCH %s HTTP/1.1
                    Host: %s
                    Authorization: Bearer %s
                    Content-Type: application/partial-upload
                    Content-Length: %d
                    Upload-Offset: 0
                    Connection: close

                    """.formatted(path, hub.getAuthority(), token, in.size()).replace("\n", "\r\n");
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(head);
            while (bytes.hasRemaining()) out.write(bytes);
            for (long sent = 0; sent < in.size(); ) sent += in.transferTo(sent, in.size() - sent, out);
            String answer = answer(out);
            if (!answer.startsWith("HTTP/1.1 204")) {
                throw new EngineException("The hub did not take %s: %s".formatted(file.getFileName(), answer));
            }
        }
    }

    private static String answer(SocketChannel in) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        while (answer.hasRemaining() && in.read(answer) >= 0) {
            if (new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII).contains("\r\n\r\n")) break;
        }
        return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }
}
