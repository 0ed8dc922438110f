package io.lorahub.testsupport.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.commons.codec.digest.DigestUtils;

/** A hub with the Hugging Face Hub's protocol, which answers some requests as a test wants. */
public final class OtherHub implements AutoCloseable {

    /** Answers one request in place of the hub. */
    public interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** @param range and authorization null if the request has none */
    public record Asked(String path, String range, String authorization) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    public OtherHub(URI address) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", address.getPort()), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** A repository whose revision {@code main} is this commit; weights are announced with their SHA-256. */
    public OtherHub with(String repository, String commit, Map<String, byte[]> files) {
        ObjectNode model = JSON.createObjectNode().put("id", repository).put("sha", commit);
        var siblings = model.putArray("siblings");
        files.forEach((name, content) -> {
            ObjectNode file = siblings.addObject()
                    .put("rfilename", name)
                    .put("size", content.length)
                    .put("blobId", gitId(content));
            if (name.endsWith(".safetensors")) {
                file.putObject("lfs")
                        .put("sha256", DigestUtils.sha256Hex(content))
                        .put("size", content.length);
            }
            contents.put("/%s/resolve/%s/%s".formatted(repository, commit, name), content);
        });
        byte[] json = model.toString().getBytes(StandardCharsets.UTF_8);
        contents.put("/api/models/%s/revision/main".formatted(repository), json);
        contents.put("/api/models/%s/revision/%s".formatted(repository, commit), json);
        return this;
    }

    private static String gitId(byte[] content) {
        var digest = DigestUtils.getSha1Digest();
        digest.update("blob %d\0".formatted(content.length).getBytes(StandardCharsets.US_ASCII));
        return org.apache.commons.codec.binary.Hex.encodeHexString(digest.digest(content));
    }

    public OtherHub at(String path, byte[] content) {
        contents.put(path, content);
        return this;
    }

    public byte[] content(String path) {
        return contents.get(path);
    }

    /** Answers the next request for this path; further ones after each other. */
    public OtherHub once(String path, Answer answer) {
        answers.computeIfAbsent(path, p -> new ArrayDeque<>()).add(answer);
        return this;
    }

    public OtherHub status(String path, int status, String... header) {
        return once(path, exchange -> {
            if (header.length > 0) exchange.getResponseHeaders().set(header[0], header[1]);
            exchange.sendResponseHeaders(status, -1);
        });
    }

    /** Sends these bytes of the content, and breaks the connection. */
    public OtherHub cut(String path, int bytes) {
        return once(path, exchange -> {
            exchange.sendResponseHeaders(200, contents.get(path).length);
            exchange.getResponseBody().write(contents.get(path), 0, bytes);
            exchange.getResponseBody().flush();
        });
    }

    public List<Asked> asked(String path) {
        return asked.stream().filter(request -> request.path().equals(path)).toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(new Asked(
                path,
                exchange.getRequestHeaders().getFirst("Range"),
                exchange.getRequestHeaders().getFirst("Authorization")));
        try (exchange) {
            Deque<Answer> others = answers.getOrDefault(path, new ArrayDeque<>());
            Answer other;
            synchronized (others) {
                other = others.poll();
            }
            if (other != null) other.to(exchange);
            else send(exchange, contents.get(path));
        }
    }

    private static void send(HttpExchange exchange, byte[] content) throws IOException {
        if (content == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int start = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        byte[] part = Arrays.copyOfRange(content, start, content.length);
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(start, content.length - 1, content.length));
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, part.length == 0 ? -1 : part.length);
        exchange.getResponseBody().write(part);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** For lambdas that wait. */
    public static void await(java.util.concurrent.CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new java.io.InterruptedIOException());
        }
    }
}
