package io.lorahub.bench.siege;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.BenchMember;
import io.lorahub.bench.hub.OtherHub;
import io.lorahub.bench.report.BenchOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The hub that is attacked, as its clients see it. */
final class Target {

    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int SEE_OTHER = 303;

    private final URI hub;
    private final Connection database;
    private final OtherHub other;
    private String administrator;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Target(URI hub, Connection database, OtherHub other) {
        this.hub = hub;
        this.database = database;
        this.other = other;
    }

    /** From which it imports. */
    OtherHub other() {
        return other;
    }

    /** A new member's token with the scope to write. */
    synchronized String member(String name) {
        try {
            return BenchMember.add(database, name).token();
        } catch (SQLException e) {
            throw new IllegalStateException("The hub's database does not answer.", e);
        }
    }

    /** The answer of an ordinary request to the API; null if it was refused. */
    JsonNode ask(String method, String path, String token, JsonNode body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(hub.resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        return answer.statusCode() >= 400 ? null : BenchOutput.JSON.readTree(answer.body());
    }

    /** A base model whose check has passed; its registration is the work of an administrator. */
    void register(String name, Path folder) throws IOException, InterruptedException {
        ObjectNode model = BenchOutput.JSON.createObjectNode().put("name", name).put("summary", "Random weights");
        model.put("licence", "MIT").put("folder", folder.toString());
        String token = administrator();
        JsonNode registration = ask("POST", "/api/v1/base-models", token, model);
        while (registration != null && registration.path("state").asText().equals("checking")) {
            Thread.sleep(100);
            registration = ask("GET", registration.path("url").asText(), token, null);
        }
        if (registration == null || !registration.path("state").asText().equals("available")) {
            throw new IOException("The hub refuses the base model: %s".formatted(registration));
        }
    }

    private synchronized String administrator() {
        if (administrator == null) {
            try {
                administrator = BenchMember.administrator(database).token();
            } catch (SQLException e) {
                throw new IllegalStateException("The hub's database does not answer.", e);
            }
        }
        return administrator;
    }

    void takeDown(String repository) throws IOException, InterruptedException {
        String path = "/api/v1/moderation/cases/" + repository;
        JsonNode opened = ask("GET", path, administrator(), null);
        ObjectNode decision = BenchOutput.JSON.createObjectNode().put("action", "take-down");
        decision.put("reason", "A program.")
                .put("edition", opened == null ? 0 : opened.path("edition").asInt());
        if (opened == null || ask("POST", path + "/decisions", administrator(), decision) == null) {
            throw new IOException("The hub doesn't take %s down.".formatted(repository));
        }
    }

    /** A member's own browser, in which they have registered. */
    Browser register(String name, String password) throws IOException, InterruptedException {
        Browser browser = new Browser();
        String form = "name=%1$s&password=%2$s&again=%2$s".formatted(name, encoded(password));
        if (browser.send("/register", form) != SEE_OTHER) throw new IOException("The hub doesn't register members.");
        if (!browser.signIn(name, password)) throw new IOException("The hub doesn't let the new member sign in.");
        return browser;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Keeps the cookie by which the hub knows a browser again. */
    final class Browser {

        private static final Pattern KNOWN = Pattern.compile("lorahub_browser=([^;]+);.*");

        private String known = "";

        boolean signIn(String name, String password) throws IOException, InterruptedException {
            return send("/signin", "name=%s&password=%s".formatted(name, encoded(password))) == SEE_OTHER;
        }

        private int send(String path, String form) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(hub.resolve(path))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Sec-Fetch-Site", "same-origin")
                    .header("Cookie", "lorahub_browser=" + known)
                    .POST(BodyPublishers.ofString(form))
                    .build();
            HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
            for (String cookie : answer.headers().allValues("Set-Cookie")) {
                Matcher own = KNOWN.matcher(cookie);
                if (own.matches()) known = own.group(1);
            }
            return answer.statusCode();
        }
    }

    void createRepository(String token, String name) throws IOException, InterruptedException {
        ObjectNode body =
                BenchOutput.JSON.createObjectNode().put("type", "model").put("name", name);
        ask("POST", "/api/repos/create", token, body);
    }

    /** Path of an address that takes pieces of files. */
    String openXet(String token, String repository) throws IOException, InterruptedException {
        JsonNode answer = ask("GET", "/api/models/" + repository + "/xet-write-token/main", token, null);
        if (answer == null) throw new IOException("The hub opens no transfer.");
        return URI.create(answer.path("casUrl").asText()).getPath() + "/v1";
    }

    /** Begins a request from an address of this machine, and leaves its body to the caller. */
    Socket begin(String source, String method, String path, String token, String type, long length) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
        socket.connect(new InetSocketAddress(hub.getHost(), hub.getPort()), TIMEOUT_MILLIS);
        String head =
                "%s %s HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(
                                method,
                                path,
                                hub.getAuthority(),
                                token == null ? "" : "Authorization: Bearer " + token + "\r\n",
                                type,
                                length);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Sends a whole request and waits for the first bytes of the answer; returns its status, 0 if there is none. */
    int send(String source, String method, String path, String token, String type, byte[] body) throws IOException {
        try (Socket socket = begin(source, method, path, token, type, body.length)) {
            write(socket, body);
            return status(socket);
        }
    }

    static void write(Socket socket, byte[] body) throws IOException {
        OutputStream out = socket.getOutputStream();
        for (int at = 0; at < body.length; at += 1 << 16) {
            out.write(body, at, Math.min(1 << 16, body.length - at));
        }
        out.flush();
    }

    static int status(Socket socket) throws IOException {
        byte[] line = socket.getInputStream().readNBytes(12);
        return line.length < 12
                ? 0
                : Integer.parseInt(new String(Arrays.copyOfRange(line, 9, 12), StandardCharsets.US_ASCII));
    }
}
