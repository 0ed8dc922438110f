package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.lorahub.cli.Ended;
import io.lorahub.cli.terminal.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The author of a recipe chooses the address in it, so the address alone must not receive a token. */
class TokenOfReplayTest {

    private static final String TOKEN = "lh_secret";

    @TempDir
    Path home;

    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private HttpServer hub;

    @BeforeEach
    void listen() throws IOException {
        hub = recording(401, authorizations);
    }

    @AfterEach
    void stop() {
        hub.stop(0);
    }

    @Test
    void a_hub_that_only_the_recipe_names_gets_no_token() throws IOException {
        Ended ended = Ended.run(home, Map.of("LORAHUB_TOKEN", TOKEN), "", "replay", recipe());
        assertThat(ended.code()).isEqualTo(ExitCode.INPUT);
        assertThat(authorizations).containsExactly("none");
        assertThat(ended.err())
                .isEqualTo(
                        "lorahub: The hub requires a token. Your token was not sent to %1$s, because only the recipe names it;"
                                        .formatted(address(hub))
                                + " if you trust it, add --server %s.%n".formatted(address(hub)));
    }

    @Test
    void a_login_at_another_hub_changes_nothing_about_it() throws IOException {
        login("https://hub.example.org");
        Ended.run(home, Map.of("LORAHUB_TOKEN", TOKEN), "", "replay", recipe());
        assertThat(authorizations).containsExactly("none");
    }

    @Test
    void a_hub_that_the_user_names_gets_it() throws IOException {
        Ended.run(home, Map.of("LORAHUB_TOKEN", TOKEN), "", "replay", recipe(), "--server", address(hub));
        Ended.run(home, Map.of("LORAHUB_TOKEN", TOKEN, "LORAHUB_SERVER", address(hub)), "", "replay", recipe());
        login(address(hub));
        Ended.run(home, Map.of(), "", "replay", recipe());
        assertThat(authorizations).containsExactly("Bearer " + TOKEN, "Bearer " + TOKEN, "Bearer " + TOKEN);
    }

    @Test
    void a_hidden_adapter_is_reported_as_possibly_needing_a_token() throws IOException {
        hub.stop(0);
        hub = recording(404, authorizations);
        Ended ended = Ended.run(home, Map.of("LORAHUB_TOKEN", TOKEN), "", "replay", recipe());
        assertThat(authorizations).containsExactly("none");
        assertThat(ended.err()).contains("doesn't offer", "if you trust it, add --server " + address(hub));
    }

    @Test
    void a_redirect_takes_the_token_nowhere() throws IOException {
        List<String> elsewhere = new CopyOnWriteArrayList<>();
        HttpServer other = recording(401, elsewhere);
        hub.removeContext("/");
        hub.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Location", address(other) + exchange.getRequestURI());
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        Ended ended = Ended.run(home, Map.of("LORAHUB_TOKEN", TOKEN), "", "replay", recipe(), "--server", address(hub));
        other.stop(0);
        assertThat(ended.err()).contains("redirects to " + address(other));
        assertThat(elsewhere).isEmpty();
    }

    private static HttpServer recording(int status, List<String> authorizations) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                String sent = exchange.getRequestHeaders().getFirst("Authorization");
                authorizations.add(sent == null ? "none" : sent);
                exchange.sendResponseHeaders(status, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String address(HttpServer server) {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private void login(String server) throws IOException {
        Path folder = Files.createDirectories(home.resolve("lorahub"));
        Files.writeString(
                folder.resolve("login.json"),
                "{\"server\": \"%1$s\", \"tokens\": {\"%1$s\": \"%2$s\"}}".formatted(server, TOKEN));
    }

    private String recipe() throws IOException {
        String json = """
                {"run": "1", "hub": "%s", "base": {"name": "lab/secret", "files": {}},
                 "adapters": [{"name": "un", "address": "lab/un@1.0.0", "files": {"adapter_model.safetensors": "00"}}],
                 "examples": {"rows": [{"input": "a", "output": "b"}]}, "settings": {"budget": 3}}
                """;
        return Files.writeString(home.resolve("recipe.json"), json.formatted(address(hub)))
                .toString();
    }
}
