package io.lorahub.bench.siege;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lorahub.bench.report.BenchOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Another hub. What its repositories hold arrives at one byte a second, unless their name says otherwise. */
final class SlowRepository implements AutoCloseable {

    static final String FAST = "fast";

    private static final String COMMIT = "0123456789012345678901234567890123456789";
    private static final int BYTES = 5_000;

    private static int port;

    private final HttpServer server;

    private SlowRepository(HttpServer server) {
        this.server = server;
    }

    static SlowRepository start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "slow-repository");
            thread.setDaemon(true);
            return thread;
        }));
        SlowRepository repository = new SlowRepository(server);
        server.createContext("/", repository::answer);
        server.start();
        port = server.getAddress().getPort();
        return repository;
    }

    /** As in lorahub.imports.hosts. */
    static String host() {
        return "http://127.0.0.1:" + port;
    }

    /** For an import of one of its repositories. */
    static ObjectNode request(String name) {
        return BenchOutput.JSON.createObjectNode().put("from", "other/" + name).put("hub", host());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try (exchange) {
            if (path.startsWith("/api/models/")) {
                byte[] json = model(path.split("/")[4]).toString().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, json.length);
                exchange.getResponseBody().write(json);
                return;
            }
            exchange.sendResponseHeaders(200, BYTES);
            OutputStream out = exchange.getResponseBody();
            for (int i = 0; i < BYTES; i++) {
                out.write(' ');
                out.flush();
                if (!path.contains("/" + FAST)) Thread.sleep(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ObjectNode model(String name) {
        ObjectNode model =
                BenchOutput.JSON.createObjectNode().put("id", "other/" + name).put("sha", COMMIT);
        ArrayNode files = model.putArray("siblings");
        for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
            files.addObject().put("rfilename", file).put("size", BYTES).put("blobId", COMMIT);
        }
        return model;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
