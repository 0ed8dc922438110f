package io.lorahub.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What answers other than the expected ones are said to be. */
class HubClientTest {

    private HttpServer hub;
    private HubClient client;
    private int status = 200;
    private String body = "";
    /** Bytes by which the answer is shorter than it says. */
    private int missing;

    @BeforeEach
    void listen() throws IOException {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", this::answer);
        hub.start();
        client = new HubClient(
                new Login(Login.server("http://localhost:" + hub.getAddress().getPort()), ""));
    }

    @AfterEach
    void stop() {
        hub.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (status / 100 == 3) exchange.getResponseHeaders().add("Location", "https://hub.example.org/");
        exchange.sendResponseHeaders(status, bytes.length + missing);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private List<String> streamed() {
        List<String> texts = new ArrayList<>();
        client.stream(
                "/v1/completions",
                JsonNodeFactory.instance.objectNode(),
                event -> texts.add(event.path("text").asText()));
        return texts;
    }

    @Test
    void a_stream_is_read_to_its_end_and_what_is_no_event_is_left_out() {
        body = ": still here\n\ndata: {\"text\": \"un\"}\n\ndata: {\"text\": \"lock\"}\n\ndata: [DONE]\n\ndata: {}\n";
        assertThat(streamed()).containsExactly("un", "lock");
    }

    @Test
    void a_stream_that_ends_too_early_is_no_answer() {
        body = "data: {\"text\": \"un\"}\n\n";
        assertThatThrownBy(this::streamed).hasMessageEndingWith(" ended the answer before its end.");
        missing = 100;
        assertThatThrownBy(this::streamed)
                .isInstanceOf(ConnectionLost.class)
                .hasMessageMatching("The connection to \\S+ was lost\\.");
    }

    @Test
    void an_error_in_a_stream_is_told() {
        body = "data: {\"text\": \"un\"}\n\ndata: {\"error\": {\"message\": \"The worker has ended.\"}}\n\n";
        assertThatThrownBy(this::streamed).hasMessage("The hub refused: The worker has ended.");
    }

    @Test
    void a_failure_of_the_encryption_is_told() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            new Thread(() -> answerInPlainText(plain)).start();
            HubClient encrypted =
                    new HubClient(new Login(Login.server("https://localhost:" + plain.getLocalPort()), ""));
            assertThatThrownBy(() -> encrypted.get("/api/v1/me"))
                    .isInstanceOf(RemoteException.class)
                    .isNotInstanceOf(ConnectionLost.class)
                    .hasMessageContainingAll("The encrypted connection to https://localhost:", "trustStore");
        }
    }

    private static void answerInPlainText(ServerSocket plain) {
        try (Socket client = plain.accept()) {
            client.getInputStream().read(); // the JDK's client may miss an answer that precedes its request
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            return; // the client has left
        }
    }

    @Test
    void a_token_that_no_header_can_hold_is_refused() {
        assertThat(Login.token("lorahub_1")).isEqualTo("lorahub_1");
        assertThatThrownBy(() -> Login.token("lorahub_1\rx")).isInstanceOf(RemoteException.class);
    }

    @Test
    void a_stream_on_which_nothing_comes_is_closed() throws IOException, InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        try (StallWatch watch = new StallWatch(closed::countDown, Duration.ofMillis(200))) {
            assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
            watch.moved();
        }
    }

    @Test
    void a_refusal_gives_the_hubs_reasons() {
        status = 429;
        body = "{\"error\": {\"message\": \"Too many requests.\"}}";
        assertThatThrownBy(this::streamed).hasMessage("The hub refused: Too many requests.");
        body = "{\"title\": \"Bad Request\", \"causes\": [{\"field\": \"title\", \"message\": \"is too long\"},"
                + " {\"field\": \"\", \"message\": \"Try again.\"}]}";
        assertThatThrownBy(() -> client.get("/api/v1/me")).hasMessage("title: is too long\nTry again.");
        body = "{\"title\": \"Too Many Requests\"}";
        assertThatThrownBy(() -> client.delete("/api/v1/me")).hasMessage("The hub refused: Too Many Requests");
        status = 401;
        assertThatThrownBy(() -> client.get("/api/v1/me")).hasMessageContaining("doesn't accept this token");
    }

    @Test
    void what_is_no_hub_is_called_so() {
        body = "<html>It works!</html>";
        assertThatThrownBy(() -> client.get("/api/v1/me")).hasMessageContaining("doesn't answer like a LoraHub");
        status = 502;
        assertThatThrownBy(() -> client.get("/api/v1/me"))
                .isInstanceOf(HubErrorException.class)
                .hasMessage("The hub answered 502 to /api/v1/me, and not like a LoraHub.");
        assertThatThrownBy(this::streamed)
                .hasMessage("The hub answered 502 to /v1/completions, and not like a LoraHub.");
        status = 301;
        assertThatThrownBy(() -> client.get("/api/v1/me"))
                .hasMessageContaining("redirects to https://hub.example.org/; use that with --server");
        hub.stop(0);
        assertThatThrownBy(() -> client.get("/api/v1/me"))
                .isInstanceOf(ConnectionLost.class)
                .hasMessageContaining("No hub answers at " + client.server());
    }

    @Test
    void a_hub_that_only_a_file_names_gets_no_token_and_the_refusal_says_so() {
        status = 401;
        assertThatThrownBy(
                        () -> HubClient.withoutToken(client.server(), "recipe").get("/api/v1/me"))
                .hasMessage(
                        "The hub requires a token. Your token was not sent to %s, because only the recipe names it; if you trust it, add --server %s.",
                        client.server(), client.server());
    }
}
