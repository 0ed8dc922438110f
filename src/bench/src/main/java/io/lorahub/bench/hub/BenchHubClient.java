package io.lorahub.bench.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One program that talks to the hub under test, request by request. */
public final class BenchHubClient {

    private static final int ANSWER_BYTES = 1 << 16;
    private static final int BUFFER = 1 << 20;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI hub;
    private final String token;

    public BenchHubClient(URI hub, String token) {
        this.hub = hub;
        this.token = token;
    }

    public HttpRequest.Builder to(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(hub.resolve(path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    public JsonNode get(String path) {
        return json(send(to(path), BodyHandlers.ofString()).body());
    }

    public JsonNode post(String path, JsonNode body) {
        HttpRequest.Builder request =
                to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
        return json(send(request, BodyHandlers.ofString()).body());
    }

    public <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler) {
        try {
            HttpResponse<T> answer = http.send(request.build(), handler);
            if (answer.statusCode() >= 400) {
                throw new EngineException("The hub answered %s with the status %d: %s"
                        .formatted(answer.request(), answer.statusCode(), answer.body()));
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("The hub doesn't answer.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    /**
     * Sends a file as the body of one request and returns when the hub has all of it. A plain socket and sendfile, as
     * in curl and browsers, leave the processors to the hub under test; Java's HTTP client would use much of them.
     */
    void sendFile(String path, Path file) throws IOException {
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

    /** Receives a file through a plain socket and one buffer, and returns when it is on the disk. */
    void receiveFile(String path, Path target) throws IOException {
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

    /** Leaves the received part of the body in the buffer. */
    private static void skipHead(SocketChannel in, ByteBuffer buffer) throws IOException {
        String come = "";
        while (!come.contains("\r\n\r\n") && buffer.hasRemaining() && in.read(buffer) >= 0) {
            come = StandardCharsets.ISO_8859_1.decode(buffer.duplicate().flip()).toString();
        }
        if (!come.startsWith("HTTP/1.1 200")) throw new EngineException("The hub did not send the file: " + come);
        buffer.flip().position(come.indexOf("\r\n\r\n") + 4);
    }

    private static JsonNode json(String text) {
        try {
            return BenchOutput.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new EngineException("The hub's answer isn't JSON: %s".formatted(text), e);
        }
    }
}
