package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lorahub.bench.report.BenchOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/** Another hub, from which the hub under test imports; its files arrive as fast as the bench wants. */
public final class OtherHub implements AutoCloseable {

    private static final String COMMIT = "0123456789012345678901234567890123456789";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

    /**
     * @param files contents by name
     * @param piece number of bytes that are sent at a time
     */
    public record Repository(Map<String, byte[]> files, int piece, Pace pace) {}

    /** Called before each piece of a file; returns when it is to be sent. */
    @FunctionalInterface
    public interface Pace {
        void await(String file, int offset) throws InterruptedException;
    }

    private final HttpServer server;
    private final Function<String, Repository> repositories;

    private OtherHub(HttpServer server, Function<String, Repository> repositories) {
        this.server = server;
        this.repositories = repositories;
    }

    /** @param repositories by their names, without the owner */
    public static OtherHub start(Function<String, Repository> repositories) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "other-hub");
            thread.setDaemon(true);
            return thread;
        }));
        OtherHub hub = new OtherHub(server, repositories);
        server.createContext("/", hub::answer);
        server.start();
        return hub;
    }

    /** As in lorahub.imports.hosts. */
    public String host() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** For an import of one of its repositories. */
    public ObjectNode request(String name) {
        return BenchOutput.JSON.createObjectNode().put("from", "other/" + name).put("hub", host());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/"); // with an empty beginning
        try (exchange) {
            if (path[1].equals("api")) {
                byte[] json = model(path[4]).toString().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, json.length);
                exchange.getResponseBody().write(json);
            } else {
                send(exchange, repositories.apply(path[2]), path[path.length - 1]);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, Repository repository, String file)
            throws IOException, InterruptedException {
        byte[] bytes = repository.files().get(file);
        String range = exchange.getRequestHeaders().getFirst("Range");
        Matcher from = RANGE.matcher(range == null ? "" : range);
        int start = from.matches() ? Integer.parseInt(from.group(1)) : 0;
        if (start > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(start, bytes.length - 1, bytes.length));
        }
        exchange.sendResponseHeaders(start > 0 ? 206 : 200, bytes.length - start);
        OutputStream out = exchange.getResponseBody();
        for (int at = start; at < bytes.length; at += repository.piece()) {
            repository.pace().await(file, at);
            out.write(bytes, at, Math.min(repository.piece(), bytes.length - at));
            out.flush();
        }
    }

    private ObjectNode model(String name) {
        ObjectNode model =
                BenchOutput.JSON.createObjectNode().put("id", "other/" + name).put("sha", COMMIT);
        ArrayNode files = model.putArray("siblings");
        repositories.apply(name).files().forEach((file, bytes) -> {
            String sha256 = DigestUtils.sha256Hex(bytes);
            ObjectNode listed = files.addObject()
                    .put("rfilename", file)
                    .put("size", bytes.length)
                    .put("blobId", sha256);
            listed.putObject("lfs").put("sha256", sha256).put("size", bytes.length);
        });
        return model;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
