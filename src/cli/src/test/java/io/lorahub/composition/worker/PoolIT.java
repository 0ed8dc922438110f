package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.lorahub.account.Secret;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.live.EventWatcher;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two web and three worker processes on one PostgreSQL and one S3 server: workers are killed in the middle of their runs,
 * a web process is restarted, and nobody notices.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PoolIT {

    private static final int RUNS = 30;
    private static final int WORKERS = 3;
    private static final int KILLS = 6;
    private static final int TERMINATED = 128 + 15;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<String> CANDIDATES = List.of("un", "past", "re", "the", "plural");
    private static final List<String> TASKS = List.of("un-past", "re-past", "the-plural");

    /** What decides a run's result; ten runs each have the same. */
    private record Kind(String task, long seed, int budget) {}

    private record WorkerProcess(String name, HubProcess process) {}

    @TempDir
    Path folder;

    private final Random random = new Random(7);
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    private final List<HubProcess> webs = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<URI> addresses = new ArrayList<>();
    private EmbeddedDatabase database;
    private String token;
    private int started;

    @BeforeEach
    void start() throws Exception {
        database = EmbeddedDatabase.start(folder.resolve("postgres"));
        for (int i = 0; i < 2; i++) {
            int port = ServerProcess.freePort();
            addresses.add(URI.create("http://127.0.0.1:" + port));
            webs.add(web(port));
        }
        for (int i = 0; i < WORKERS; i++) workers.add(worker());
        for (HubProcess web : webs) web.awaitUrl();
        for (WorkerProcess worker : workers) worker.process().awaitUrl();
        token = member();
    }

    @AfterEach
    void stop() throws Exception {
        for (WorkerProcess worker : workers) worker.process().kill();
        for (HubProcess web : webs) web.kill();
        if (database != null) database.close();
    }

    private HubProcess web(int port) throws IOException {
        return HubProcess.start(environment("web"), "serve", "--no-worker", "--port", port);
    }

    private WorkerProcess worker() throws IOException {
        String name = "worker-" + ++started;
        return new WorkerProcess(
                name, HubProcess.start(environment(name), "worker", "--device", "cpu", "--slots", 1, "--name", name));
    }

    private Map<String, String> environment(String process) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LORAHUB_DATABASE_URL", database.jdbcUrl());
        environment.put("LORAHUB_DATABASE_USERNAME", database.username());
        environment.put("LORAHUB_DATABASE_PASSWORD", database.password());
        environment.put("LORAHUB_DATA", folder.resolve(process).toString());
        environment.put("LORAHUB_WORKER_CACHE", folder.resolve("cache").toString());
        environment.put("LORAHUB_COMPOSITION_QUEUED", "1000");
        environment.put("OMP_WAIT_POLICY", "PASSIVE");
        S3ProxyServer.shared()
                .settings("pool-"
                        + folder.getFileName()
                                .toString()
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("[^a-z0-9]", ""))
                .forEach((name, value) ->
                        environment.put(name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"), value));
        return environment;
    }

    /** A member's token. */
    private String member() throws SQLException {
        Secret secret = Secret.random(Secret.TOKEN_PREFIX);
        try (Connection connection = connect();
                PreparedStatement person =
                        connection.prepareStatement("insert into person (name) values ('watcher') returning id");
                PreparedStatement access = connection.prepareStatement("insert into access_token"
                        + " (secret_hash, person_id, name, scope, ending) values (?, ?, 'test', 'WRITE', 'abcd')")) {
            try (ResultSet row = person.executeQuery()) {
                row.next();
                access.setLong(2, row.getLong(1));
            }
            access.setBytes(1, secret.hash());
            access.execute();
        }
        return secret.text();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }

    private String ask(String sql) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private UUID post(Kind kind, int number) throws IOException, InterruptedException {
        Map<String, Object> run = Map.of(
                "title", "run " + number,
                "candidates", CANDIDATES.stream().map(name -> "demo/" + name).toList(),
                "examples", examples(kind),
                "budget", kind.budget(),
                "seed", kind.seed());
        HttpRequest request = HttpRequest.newBuilder(addresses.get(number % 2).resolve("/api/v1/runs"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.writeValueAsString(run)))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return UUID.fromString(json.readTree(answer.body()).path("id").asText());
    }

    private static List<Example> examples(Kind kind) {
        return DemoHub.open().task(kind.task()).fewShot(1);
    }

    /** Undisturbed: the search alone, in this process. */
    private static Map<String, Double> undisturbed(Kind kind) {
        DemoHub hub = DemoHub.open();
        // a request without layer groups has those that are chosen
        RunSpec usual = RunSpec.of(examples(kind), List.of()).withGroups(LayerGroups.AUTO);
        List<LoraAdapter> adapters = CANDIDATES.stream()
                .map(name ->
                        LoraAdapter.load("demo/" + name, hub.adaptersFolder().resolve(name)))
                .toList();
        var settings = usual.settings().withBudget(kind.budget()).withSeed(kind.seed());
        try (LearningSession session =
                LearningSession.open(hub.base(), adapters, settings.composition(), Compute.cpu())) {
            return new LearningRun(session, session.encode(usual.examples()), settings)
                    .run()
                    .weights();
        }
    }

    @Test
    void runs_end_as_undisturbed_ones_and_watchers_miss_nothing() throws Exception {
        List<Kind> kinds =
                List.of(new Kind(TASKS.get(0), 1, 40), new Kind(TASKS.get(1), 2, 60), new Kind(TASKS.get(2), 3, 50));
        List<UUID> runs = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) runs.add(post(kinds.get(i % kinds.size()), i));
        try (Connection connection = connect();
                PreparedStatement share = connection.prepareStatement("update composition_run set shared = true")) {
            assertThat(share.executeUpdate()).isEqualTo(RUNS);
        }
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<List<Integer>>> watchers = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                List<URI> order = i % 2 == 0 ? addresses : List.of(addresses.get(1), addresses.get(0));
                watchers.add(threads.submit(new EventWatcher(order, runs.get(i))));
            }

            disturb();
            await().atMost(PATIENCE).until(() -> waitingOrRunning() == 0);

            List<Map<String, Double>> expected =
                    kinds.stream().map(PoolIT::undisturbed).toList();
            for (int i = 0; i < RUNS; i++) {
                check(runs.get(i), expected.get(i % kinds.size()), watchers.get(i));
            }
            assertThat(Integer.parseInt(
                            ask("select count(*) from composition_note where text like '%was lost after%'")))
                    .as("runs that were taken from a killed worker")
                    .isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    private void check(UUID run, Map<String, Double> weights, Future<List<Integer>> watcher) throws Exception {
        assertThat(ask("select state || coalesce(failure, '') from composition_run where id = '%s'".formatted(run)))
                .isEqualTo("SUCCEEDED");
        JsonNode stored =
                json.readTree(ask("select result -> 'weights' from composition_run where id = '%s'".formatted(run)));
        weights.forEach((name, weight) -> assertThat(stored.path(name).asDouble())
                .as("%s of %s", name, run)
                .isEqualTo(weight));
        int logged =
                Integer.parseInt(ask("select count(*) from composition_evaluation where run_id = '%s'".formatted(run)));
        assertThat(watcher.get(1, TimeUnit.MINUTES))
                .as("what the watcher of %s saw", run)
                .isEqualTo(IntStream.rangeClosed(1, logged).boxed().toList());
        assertThat(ask(
                        "select sum(cost) = max(r.spent) from composition_evaluation e join composition_run r on r.id = e.run_id where r.id = '%s'"
                                .formatted(run)))
                .isEqualTo("t");
    }

    private long waitingOrRunning() {
        return Long.parseLong(ask("select count(*) from composition_run where state in ('QUEUED', 'RUNNING')"));
    }

    /** Each time in the middle of a run, until too few are left. */
    private void disturb() throws Exception {
        for (int i = 0; i < KILLS && waitingOrRunning() > WORKERS; i++) {
            int place = random.nextInt(WORKERS);
            WorkerProcess victim = workers.get(place);
            await().atMost(PATIENCE).until(() -> holdsRun(victim) || waitingOrRunning() == 0);
            if (i == 2) {
                assertThat(victim.process().terminate()).isEqualTo(TERMINATED);
            } else {
                victim.process().kill();
            }
            workers.set(place, worker());
            if (i == 3) restartWeb();
            workers.get(place).process().awaitUrl();
        }
    }

    private boolean holdsRun(WorkerProcess worker) {
        return ask("select exists (select from composition_run where state = 'RUNNING' and spent > 0 and worker = '%s')"
                        .formatted(worker.name()))
                .equals("t");
    }

    private void restartWeb() throws Exception {
        assertThat(webs.get(1).terminate()).isEqualTo(TERMINATED);
        webs.set(1, web(addresses.get(1).getPort()));
        webs.get(1).awaitUrl();
    }
}
