package io.lorahub.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Following a run while its hub restarts. */
class RemoteRunTest {

    private static final String RUNNING =
            "{\"id\": \"7\", \"page\": \"/runs/7\", \"state\": \"running\", \"spent\": 3}";
    private static final String DONE = RUNNING.replace("running", "succeeded");

    /** What is answered next: a body, a status, or an empty text for a connection that breaks. */
    private final Deque<String> answers = new ConcurrentLinkedDeque<>();

    private final List<String> said = new CopyOnWriteArrayList<>();
    private HttpServer hub;

    private final RemoteRun.Listener listener = new RemoteRun.Listener() {
        @Override
        public void moved(JsonNode run) {
            said.add(run.path("state").asText());
        }

        @Override
        public void lost(String why) {
            said.add("lost");
        }
    };

    @BeforeEach
    void listen() throws IOException {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", this::answer);
        hub.start();
    }

    @AfterEach
    void stop() {
        hub.stop(0);
    }

    @Test
    void a_hub_that_is_started_anew_is_waited_for() {
        answers.addAll(List.of(RUNNING, RUNNING, "", "503", "502", RUNNING, DONE));
        assertThat(run().follow(listener).path("state").asText()).isEqualTo("succeeded");
        assertThat(said).containsExactly("running", "lost", "succeeded");
    }

    @Test
    void a_run_that_is_gone_is_not_waited_for() {
        answers.addAll(List.of(RUNNING, RUNNING, "404"));
        RemoteRun run = run();
        assertThatThrownBy(() -> run.follow(listener)).isInstanceOf(HubErrorException.class);
    }

    private RemoteRun run() {
        String address = "http://localhost:" + hub.getAddress().getPort();
        return RemoteRun.of(new HubClient(new Login(Login.server(address), "")), "7");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String answer = answers.size() > 1 ? answers.poll() : answers.peek();
        if (answer.isEmpty()) {
            // the client retries once by itself, on a new connection
            if (!said.contains("lost")) answers.addFirst("");
            exchange.close();
            return;
        }
        boolean status = answer.matches("\\d+");
        byte[] body = (status ? "{\"detail\": \"no\"}" : answer).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status ? Integer.parseInt(answer) : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
