package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.lorahub.account.Secret;
import io.lorahub.composition.RunSpec;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.testsupport.server.BreakingProxy;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.testsupport.server.S3Server;
import io.lorahub.testsupport.server.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Web and worker processes on one PostgreSQL and one S3 server, with a member who has runs computed. */
final class HubPool implements AutoCloseable {

    /** What decides a run's result. */
    record Kind(String task, long seed, int budget) {}

    record WorkerProcess(String name, HubProcess process) {}

    private static final List<String> CANDIDATES = List.of("un", "past", "re", "the", "plural");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    private final List<HubProcess> webs = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<URI> addresses = new ArrayList<>();
    private final Path folder;
    private final S3Server store;
    private EmbeddedDatabase database;
    private final BreakingProxy databaseAddress; // stays the same when it starts again
    private final String token;
    private int started;

    HubPool(Path folder, S3Server store, int webProcesses, int workerProcesses) throws Exception {
        this.folder = folder;
        this.store = store;
        database = EmbeddedDatabase.start(folder.resolve("postgres"));
        databaseAddress = new BreakingProxy(address(database));
        for (int i = 0; i < webProcesses; i++) {
            int port = ServerProcess.freePort();
            addresses.add(URI.create("http://127.0.0.1:" + port));
            webs.add(web(i));
        }
        for (int i = 0; i < workerProcesses; i++) workers.add(newWorker());
        for (HubProcess web : webs) web.awaitUrl();
        for (WorkerProcess worker : workers) worker.process().awaitUrl();
        token = member();
    }

    @Override
    public void close() throws Exception {
        for (WorkerProcess worker : workers) worker.process().kill();
        for (HubProcess web : webs) web.kill();
        databaseAddress.close();
        if (database != null) database.close();
    }

    List<URI> addresses() {
        return addresses;
    }

    List<WorkerProcess> workers() {
        return workers;
    }

    List<HubProcess> webs() {
        return webs;
    }

    /** The logs of all processes. */
    List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("logs"))) {
            return files.toList();
        }
    }

    void stopDatabase() {
        database.close();
        database = null;
    }

    void startDatabase() {
        database = EmbeddedDatabase.start(folder.resolve("postgres"));
        databaseAddress.to(address(database));
    }

    private static URI address(EmbeddedDatabase database) {
        return URI.create(database.jdbcUrl().substring("jdbc:".length()));
    }

    /** A process at the address of that number. */
    HubProcess web(int number) throws IOException {
        return HubProcess.start(
                environment("web-" + number),
                "serve",
                "--no-worker",
                "--port",
                addresses.get(number).getPort());
    }

    WorkerProcess newWorker() throws IOException {
        String name = "worker-" + ++started;
        return new WorkerProcess(
                name, HubProcess.start(environment(name), "worker", "--device", "cpu", "--slots", 1, "--name", name));
    }

    private Map<String, String> environment(String process) {
        Map<String, String> environment = new HashMap<>();
        environment.put(
                "LORAHUB_DATABASE_URL",
                "jdbc:postgresql://%s/postgres"
                        .formatted(databaseAddress.address().getAuthority()));
        environment.put("LORAHUB_DATABASE_USERNAME", database.username());
        environment.put("LORAHUB_DATABASE_PASSWORD", database.password());
        environment.put("LORAHUB_DATA", folder.resolve(process).toString());
        environment.put("LORAHUB_WORKER_CACHE", folder.resolve("cache").toString());
        environment.put("LORAHUB_COMPOSITION_QUEUED", "1000");
        environment.put("OMP_WAIT_POLICY", "PASSIVE");
        environment.put("QUARKUS_LOG_FILE_ENABLED", "true");
        environment.put(
                "QUARKUS_LOG_FILE_PATH",
                folder.resolve("logs").resolve(process + ".log").toString());
        store.settings("pool-"
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

    Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }

    String ask(String sql) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    UUID post(Kind kind, int number) throws IOException, InterruptedException {
        Map<String, Object> run = Map.of(
                "title", "run " + number,
                "candidates", CANDIDATES.stream().map(name -> "demo/" + name).toList(),
                "examples", examples(kind),
                "budget", kind.budget(),
                "seed", kind.seed());
        HttpRequest request = HttpRequest.newBuilder(
                        addresses.get(number % addresses.size()).resolve("/api/v1/runs"))
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
    static Map<String, Double> undisturbed(Kind kind) {
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

    /** Checks that a run has ended with these weights, and that no evaluation is missing or counted twice; returns how many it has. */
    int check(UUID run, Map<String, Double> weights) throws IOException {
        assertThat(ask("select state || coalesce(failure, '') from composition_run where id = '%s'".formatted(run)))
                .isEqualTo("SUCCEEDED");
        JsonNode stored =
                json.readTree(ask("select result -> 'weights' from composition_run where id = '%s'".formatted(run)));
        weights.forEach((name, weight) -> assertThat(stored.path(name).asDouble())
                .as("%s of %s", name, run)
                .isEqualTo(weight));
        int logged =
                Integer.parseInt(ask("select count(*) from composition_evaluation where run_id = '%s'".formatted(run)));
        assertThat(ask(
                        "select sum(cost) = max(r.spent) from composition_evaluation e join composition_run r on r.id = e.run_id where r.id = '%s'"
                                .formatted(run)))
                .isEqualTo("t");
        return logged;
    }

    long waitingOrRunning() {
        return Long.parseLong(ask("select count(*) from composition_run where state in ('QUEUED', 'RUNNING')"));
    }

    boolean holdsRun(WorkerProcess worker) {
        return ask("select exists (select from composition_run where state = 'RUNNING' and spent > 0 and worker = '%s')"
                        .formatted(worker.name()))
                .equals("t");
    }
}
