package io.lorahub.testsupport;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** A program that uploads over HTTP with an access token. */
public final class UploadClient {

    public static final String UPLOADS = "/api/v1/uploads";
    private static final int STEP = 50_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As browsers and proxies do without TLS: requests that come at a time have a connection each. */
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI server;
    private final String token;

    public UploadClient(URI server, String token) {
        this.server = server;
        this.token = token;
    }

    /** @param sizes by file name */
    public HttpResponse<String> announce(Map<String, Long> sizes) {
        return send(request(UPLOADS)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(announcement(sizes))));
    }

    /** @return the first of the uploads */
    public JsonNode announced(Map<String, Long> sizes) {
        HttpResponse<String> answer = announce(sizes);
        if (answer.statusCode() != 201) throw new AssertionError(answer.statusCode() + " " + answer.body());
        return json(answer).path("uploads").get(0);
    }

    public HttpResponse<String> announceMore(JsonNode upload, Map<String, Long> sizes) {
        return send(request(upload.path("url").asText() + "/files")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(announcement(sizes))));
    }

    public static String announcement(Map<String, Long> sizes) {
        ObjectNode node = JSON.createObjectNode();
        var files = node.putArray("files");
        new java.util.TreeMap<>(sizes)
                .forEach((name, size) -> files.addObject().put("name", name).put("size", size));
        return node.toString();
    }

    public HttpResponse<String> append(String file, long offset, byte[] bytes) {
        return append(file, offset, BodyPublishers.ofByteArray(bytes));
    }

    public HttpResponse<String> append(String file, long offset, BodyPublisher body) {
        return send(request(file)
                .header("Content-Type", "application/partial-upload")
                .header("Upload-Offset", Long.toString(offset))
                .method("PATCH", body));
    }

    /** All files at once. */
    public JsonNode upload(Map<String, byte[]> contents) {
        Map<String, Long> sizes = new java.util.TreeMap<>();
        contents.forEach((name, content) -> sizes.put(name, (long) content.length));
        JsonNode upload = announced(sizes);
        contents.forEach((name, content) -> {
            HttpResponse<String> answer = append(file(upload, name), 0, content);
            if (answer.statusCode() != 204) throw new AssertionError(answer.statusCode() + " " + answer.body());
        });
        return get(upload);
    }

    /** How much of a file the hub has, in bytes; -1 where it doesn't say. */
    public long offset(String file) {
        return head(file).headers().firstValueAsLong("Upload-Offset").orElse(-1);
    }

    /**
     * Begins to send a file and stops in the middle, when some of it can't be lost any more; the request goes on.
     *
     * @return the connection, on which further bytes can be sent
     */
    public Socket begin(String file, byte[] bytes) throws IOException {
        Socket socket = begin(file, bytes.length, new byte[0]);
        int sent = 0;
        while (offset(file) == 0) {
            if (sent + STEP > bytes.length / 2) throw new AssertionError("Nothing is kept of " + sent + " bytes.");
            socket.getOutputStream().write(bytes, sent, STEP);
            sent += STEP;
        }
        return socket;
    }

    /** Begins to send a file of this size with these bytes. */
    public Socket begin(String file, int size, byte[] first) throws IOException {
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.getOutputStream()
                .write(("PATCH " + file + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\nAuthorization: Bearer "
                                + token + "\r\nUpload-Offset: 0\r\nContent-Type: application/partial-upload\r\n"
                                + "Content-Length: " + size + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(first);
        return socket;
    }

    public HttpResponse<String> head(String file) {
        return send(request(file).method("HEAD", BodyPublishers.noBody()));
    }

    public HttpResponse<String> delete(JsonNode upload) {
        return send(request(upload.path("url").asText()).DELETE());
    }

    public JsonNode get(JsonNode upload) {
        return json(send(request(upload.path("url").asText()).GET()));
    }

    public JsonNode list() {
        return json(send(request(UPLOADS).GET())).path("uploads");
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).header("Authorization", "Bearer " + token);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public String token() {
        return token;
    }

    /** All files at once, and then until they are checked; the hub must run upload checks. */
    public JsonNode checked(Map<String, byte[]> contents) {
        return awaitChecks(upload(contents));
    }

    public JsonNode awaitChecks(JsonNode upload) {
        return await().atMost(Duration.ofMinutes(2))
                .until(() -> get(upload), now -> !now.path("state").asText().equals("checking"));
    }

    /** @param card as JSON */
    public HttpResponse<String> change(JsonNode upload, String card) {
        return send(json(upload.path("url").asText()).method("PATCH", BodyPublishers.ofString(card)));
    }

    /** @param card what is said over what was said before, as JSON */
    public HttpResponse<String> publish(JsonNode upload, String card) {
        return send(json(upload.path("url").asText() + "/publication").POST(BodyPublishers.ofString(card)));
    }

    private HttpRequest.Builder json(String path) {
        return request(path).header("Content-Type", "application/json");
    }

    /** One of the checks of an upload. */
    public static JsonNode check(JsonNode upload, String id) {
        for (JsonNode one : upload.path("findings")) {
            if (one.path("id").asText().equals(id)) return one;
        }
        throw new AssertionError("no check " + id + " in " + upload);
    }

    /** The address of a file. */
    public static String file(JsonNode upload, String name) {
        for (JsonNode file : upload.path("files")) {
            if (file.path("name").asText().equals(name)) return file.path("url").asText();
        }
        throw new AssertionError("no file " + name + " in " + upload);
    }

    public static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }
}
