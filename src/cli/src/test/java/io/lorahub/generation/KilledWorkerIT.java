package io.lorahub.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.testsupport.server.HubProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker is killed while it writes: what its callers have is never taken for the whole, and another worker goes on. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KilledWorkerIT {

    private static final String ENDLESS =
            "{'model': 'demo/un', 'prompt': 'lock', 'temperature': 0, 'max_tokens': 10000, 'logit_bias': {'1': -100}%s}";

    @TempDir
    Path folder;

    private final List<HubProcess> processes = new ArrayList<>();
    private EmbeddedDatabase database;

    @AfterEach
    void stop() throws Exception {
        for (HubProcess process : processes) process.kill();
        if (database != null) database.close();
    }

    private HubProcess start(String name, Object... words) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("LORAHUB_DATABASE_URL", database.jdbcUrl());
        environment.put("LORAHUB_DATABASE_USERNAME", database.username());
        environment.put("LORAHUB_DATABASE_PASSWORD", database.password());
        environment.put("LORAHUB_DATA", folder.resolve(name).toString());
        environment.put("LORAHUB_STORAGE_DIRECTORY", folder.resolve("objects").toString());
        environment.put("LORAHUB_WORKER_CACHE", folder.resolve("cache").toString());
        environment.put("LORAHUB_GENERATION_MAX_TOKENS", "10000");
        environment.put("LORAHUB_GENERATION_CACHE_TOKENS", "32768"); // both texts at a time
        environment.put("OMP_WAIT_POLICY", "PASSIVE");
        HubProcess process = HubProcess.start(environment, words);
        processes.add(process);
        return process;
    }

    private HubProcess worker(String name) throws IOException {
        HubProcess worker = start(name, "worker", "--device", "cpu", "--name", name);
        worker.awaitUrl();
        return worker;
    }

    @Test
    void what_a_killed_worker_has_written_is_no_whole_text() throws Exception {
        database = EmbeddedDatabase.start(folder.resolve("postgres"));
        URI web = URI.create(start("web", "serve", "--no-worker", "--port", 0).awaitUrl());
        OpenAiClient visitor = new OpenAiClient(web, null);
        HubProcess first = worker("first");
        await().atMost(Duration.ofMinutes(2)).until(() -> written(visitor).equals("unlock"));
        CompletableFuture<HttpResponse<String>> whole = CompletableFuture.supplyAsync(() -> post(visitor));
        Iterator<String> stream = visitor.stream("/v1/completions", ENDLESS.formatted(", 'stream': true"))
                .body()
                .iterator();
        for (int i = 0; i < 10; i++) assertThat(stream.next()).doesNotContain("error");
        await().until(() -> writing() == 2);

        first.kill();

        List<String> rest = new ArrayList<>();
        stream.forEachRemaining(rest::add);
        rest.removeIf(String::isEmpty);
        assertThat(rest.get(rest.size() - 1)).startsWith("data: {\"error\":").contains("worker");
        assertThat(whole.join().statusCode()).isEqualTo(503);
        assertThat(whole.join().body()).contains("server_error").contains("worker");
        worker("second");
        await().atMost(Duration.ofMinutes(2)).until(() -> written(visitor).equals("unlock"));
    }

    private int writing() throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("select count(*) from generation where state = 'WRITING'")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static HttpResponse<String> post(OpenAiClient client) {
        try {
            return client.post("/v1/completions", ENDLESS.formatted(""));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String written(OpenAiClient client) throws Exception {
        HttpResponse<String> answer =
                client.post("/v1/completions", "{'model': 'demo/un', 'prompt': 'lock', 'temperature': 0}");
        JsonNode json = OpenAiClient.JSON.readTree(answer.body());
        return json.at("/choices/0/text").asText();
    }
}
