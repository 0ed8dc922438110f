package io.lorahub.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.model.Precision;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaCppServerTest {

    private static final ServingMeasurement TWO_TOKENS = new ServingMeasurement(1, 1, 3, 2, 1, 0);
    private static final int VOCABULARY = 100;

    private final List<JsonNode> questions = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private LlamaCppClient client;
    private int status = 200;
    private String answer = "";

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/completion", exchange -> {
            questions.add(BenchOutput.JSON.readTree(exchange.getRequestBody()));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(bytes);
            }
        });
        server.start();
        client = new LlamaCppClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    void a_text_is_read_token_by_token() {
        answer = """
                data: {"content": "a", "tokens": [17], "stop": false}

                data: {"content": "b", "tokens": [23], "stop": false}

                data: {"content": "", "tokens": [], "stop": true, "tokens_predicted": 2}

                """;

        ServingMeasurement.Result result = TWO_TOKENS.of(client, VOCABULARY);

        assertThat(result.texts()).containsExactly(List.of(17, 23));
        JsonNode question = questions.get(0);
        assertThat(question.path("prompt")).hasSize(3);
        assertThat(question.path("n_predict").intValue()).isEqualTo(2);
        assertThat(question.path("cache_prompt").booleanValue()).isFalse();
        assertThat(question.path("lora").toString()).isEqualTo("[{\"id\":0,\"scale\":1.0}]");
    }

    @Test
    void a_text_that_ends_early_is_no_measurement() {
        answer = "data: {\"tokens\": [17], \"stop\": true}\n\n";

        assertThatThrownBy(() -> TWO_TOKENS.of(client, VOCABULARY))
                .hasRootCauseMessage("llama-server wrote 1 tokens instead of 2.");
    }

    @Test
    void a_refused_request_says_why() {
        status = 400;
        answer = "{\"error\": {\"message\": \"no such adapter\"}}\n";

        assertThatThrownBy(() -> TWO_TOKENS.of(client, VOCABULARY))
                .rootCause()
                .hasMessageContaining("llama-server refused a request")
                .hasMessageContaining("no such adapter");
    }

    @Test
    void a_server_that_does_not_start_says_why() throws Exception {
        Path program = Files.writeString(folder.resolve("llama-server"), "#!/bin/sh\necho \"no memory\"\nexit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        LlamaCpp llamaCpp = new LlamaCpp(new PythonEnvironment(folder.resolve("python")), folder, program);
        LlamaCpp.Model model = new LlamaCpp.Model(folder.resolve("base.gguf"), List.of());

        assertThatThrownBy(() -> LlamaCppServer.start(llamaCpp, model, Precision.FLOAT32, 1, 8, 1))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("llama-server ended with \"no memory\".");
    }
}
