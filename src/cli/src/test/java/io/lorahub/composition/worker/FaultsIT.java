package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.testsupport.server.S3ProxyServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub depends on is away for minutes while runs are computed, or a worker is; the runs end as undisturbed ones. */
@Tag("outage")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class FaultsIT {

    private static final int RUNS = 6;
    private static final int MOST_LOG_LINES = 10; // of a process, in an outage of a minute
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final S3ProxyServer store = new S3ProxyServer();
    private final List<HubPool.Kind> kinds =
            List.of(new HubPool.Kind("un-past", 1, 80), new HubPool.Kind("re-past", 2, 100));
    private final List<UUID> runs = new ArrayList<>();
    private HubPool hub;

    @BeforeEach
    void start() throws Exception {
        hub = new HubPool(folder, store.start(), 1, 2);
    }

    @AfterEach
    void stop() throws Exception {
        if (hub != null) hub.close();
        store.kill();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 150})
    void runs_survive_an_outage_of_the_database(int seconds) throws Exception {
        compute();
        Map<Path, Integer> before = logLines();

        hub.stopDatabase();

        for (Instant end = after(seconds); Instant.now().isBefore(end); ) { // answers take seconds, too
            assertThat(answer("/adapters")).isEqualTo(503);
            assertThat(answer("/api/v1/adapters")).isEqualTo(503);
            assertThat(answer("/q/health/live")).isEqualTo(200);
            Thread.sleep(5000);
        }
        assertFewLinesSince(before, seconds);
        hub.startDatabase();
        await().atMost(PATIENCE).until(() -> answer("/adapters") == 200);
        endAsUndisturbed();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 150})
    void runs_survive_an_outage_of_the_object_store(int seconds) throws Exception {
        compute();
        Map<Path, Integer> before = logLines();

        store.kill();

        for (Instant end = after(seconds); Instant.now().isBefore(end); ) {
            assertThat(answer("/adapters")).isEqualTo(200);
            Thread.sleep(5000);
        }
        assertFewLinesSince(before, seconds);
        store.start();
        endAsUndisturbed();
    }

    @Test
    void another_worker_goes_on_with_the_run_of_one_that_stands_still() throws Exception {
        compute();
        HubPool.WorkerProcess still = hub.workers().stream()
                .filter(hub::holdsRun)
                .findFirst()
                .orElseGet(() -> hub.workers().get(0));

        signal("STOP", still);
        Thread.sleep(90_000);
        signal("CONT", still);

        endAsUndisturbed();
    }

    private void assertFewLinesSince(Map<Path, Integer> before, int seconds) throws IOException {
        logLines()
                .forEach((log, lines) -> assertThat(lines - before.get(log))
                        .as(log.toString())
                        .isLessThanOrEqualTo(MOST_LOG_LINES * seconds / 60));
    }

    private static Instant after(int seconds) {
        return Instant.now().plusSeconds(seconds);
    }

    /** Queues runs and waits until one has begun. */
    private void compute() throws Exception {
        for (int i = 0; i < RUNS; i++) runs.add(hub.post(kinds.get(i % kinds.size()), i));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> hub.workers().stream().anyMatch(hub::holdsRun));
    }

    private void endAsUndisturbed() throws Exception {
        await().atMost(PATIENCE).until(() -> hub.waitingOrRunning() == 0);
        List<Map<String, Double>> expected =
                kinds.stream().map(HubPool::undisturbed).toList();
        for (int i = 0; i < RUNS; i++) hub.check(runs.get(i), expected.get(i % kinds.size()));
    }

    private int answer(String path) throws IOException, InterruptedException {
        URI address = hub.addresses().get(0).resolve(path);
        return HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private Map<Path, Integer> logLines() throws IOException {
        Map<Path, Integer> lines = new HashMap<>();
        for (Path log : hub.logs()) lines.put(log, Files.readAllLines(log).size());
        return lines;
    }

    private static void signal(String name, HubPool.WorkerProcess worker) throws Exception {
        assertThat(new ProcessBuilder(
                                "kill",
                                "-" + name,
                                Long.toString(worker.process().pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
