package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.CompletionLoad.End;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.ProcessMemory;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Many requests for texts: whether any is answered wrongly or stays, and whether memory grows. */
@Command(
        name = "completions",
        description = {
            "Starts a hub with default settings and two workers. Many clients ask its adapters and mixes for texts, half of them"
                    + " streamed; one in ten leaves in the middle, and halfway a worker is killed and another started. Says how"
                    + " the requests ended, whether any stays, and how memory, threads and connections develop.",
            ""
        })
public final class CompletionsBenchCommand implements Callable<Integer> {

    private static final int MEMBERS = 20;
    private static final int STEPS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String STAY =
            "select (select count(*) from generation where state <> 'ENDED') + (select count(*) from generation_queue)";

    private static final String CONNECTIONS =
            "select count(*) from pg_stat_activity where datname = current_database()";

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Requests of all clients. Default: ${DEFAULT-VALUE}.")
    private int requests;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "200",
            description = "Clients, each with one request at a time. Default: ${DEFAULT-VALUE}.")
    private int clients;

    @Mixin
    private HubFolder folder;

    @Override
    public Integer call() {
        if (requests < STEPS || clients < 1)
            throw output.wrong("--requests must be at least 10, --clients at least 1.");
        try (HubUnderTest hub = folder.open();
                Connection database = hub.connect()) {
            hub.start(Map.of(), "--no-worker");
            hub.startWorker();
            hub.startWorker();
            ObjectNode result = measured(hub, database);
            output.print(result, text(result));
            return isRight(result) ? 0 : 1;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    private ObjectNode measured(HubUnderTest hub, Connection database) throws SQLException, InterruptedException {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++)
            tokens.add(BenchMember.add(database, "member-" + i).token());
        CompletionLoad load =
                new CompletionLoad(hub.address(), models(hub, tokens.get(0)), tokens, requests, Duration.ZERO);
        ObjectNode result = BenchOutput.JSON
                .createObjectNode()
                .put("requests", requests)
                .put("clients", clients)
                .put("processors", Runtime.getRuntime().availableProcessors());
        ArrayNode steps = result.putArray("steps");
        steps.add(step(hub, database, 0));
        long start = System.nanoTime();
        load.start(clients);
        for (int step = 1; step <= STEPS; step++) {
            while (load.ended() < (long) requests * step / STEPS) Thread.sleep(50);
            output.say("%d of %d requests".formatted(load.ended(), requests));
            steps.add(step(hub, database, load.ended()));
            if (step == STEPS / 2) {
                hub.killWorker();
                hub.startWorker();
            }
        }
        load.join();
        result.put("seconds", (System.nanoTime() - start) / 1e9).put("tokens", load.written());
        for (End end : End.values()) result.put(end.name().toLowerCase(Locale.ROOT), load.count(end));
        Samples whole = Samples.of(load.seconds());
        Samples first = Samples.of(load.firsts());
        result.put("p50_seconds", whole.median()).put("p95_seconds", whole.quantile(0.95));
        result.put("first_p50_seconds", first.median()).put("first_p95_seconds", first.quantile(0.95));
        return result.put("stay", stay(database));
    }

    /** Adapters, and mixes of two and three of them. */
    private static List<String> models(HubUnderTest hub, String token) {
        List<String> adapters = new ArrayList<>();
        for (JsonNode model :
                new BenchHubClient(hub.address(), token).get("/v1/models").path("data")) {
            String id = model.path("id").asText();
            if (id.startsWith("demo/")) adapters.add(id);
        }
        List<String> models = new ArrayList<>(adapters);
        for (int i = 0; i + 2 < adapters.size(); i++) {
            models.add("%s:1.0+%s:0.5".formatted(adapters.get(i), adapters.get(i + 1)));
            models.add("%s:0.7+%s:0.7+%s:-0.2".formatted(adapters.get(i), adapters.get(i + 1), adapters.get(i + 2)));
        }
        return models;
    }

    private static ObjectNode step(HubUnderTest hub, Connection database, int ended) throws SQLException {
        return BenchOutput.JSON
                .createObjectNode()
                .put("ended", ended)
                .put("web_live_heap_bytes", JavaProcess.liveHeap(hub.pid()).orElse(0L))
                .put("web_memory_bytes", memory(hub.pid()))
                .put("web_threads", entries(hub.pid(), "task"))
                .put("web_files", entries(hub.pid(), "fd"))
                .put("worker_memory_bytes", memory(hub.lastWorker()))
                .put("worker_threads", entries(hub.lastWorker(), "task"))
                .put("database_connections", number(database, CONNECTIONS));
    }

    private static long memory(long pid) {
        return ProcessMemory.of(pid).map(ProcessMemory::anonymous).orElse(0L);
    }

    private static long entries(long pid, String folder) {
        Path place = Path.of("/proc", Long.toString(pid), folder);
        if (!Files.isDirectory(place)) return 0;
        try (var entries = Files.list(place)) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long stay(Connection database) throws SQLException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long stay = number(database, STAY);
        while (stay > 0 && System.nanoTime() < end) {
            Thread.sleep(500);
            stay = number(database, STAY);
        }
        return stay;
    }

    private static long number(Connection database, String query) throws SQLException {
        try (ResultSet row = database.createStatement().executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static boolean isRight(JsonNode result) {
        return result.path("wrong").asInt() == 0 && result.path("stay").asInt() == 0;
    }

    private static String text(JsonNode result) {
        TextTable table = new TextTable(
                "requests ended",
                "web: live heap, MB",
                "memory, MB",
                "threads",
                "files",
                "worker: memory, MB",
                "threads",
                "database connections");
        for (JsonNode step : result.path("steps")) {
            table.row(List.of(
                    step.path("ended").asText(),
                    megabytes(step, "web_live_heap_bytes"),
                    megabytes(step, "web_memory_bytes"),
                    step.path("web_threads").asText(),
                    step.path("web_files").asText(),
                    megabytes(step, "worker_memory_bytes"),
                    step.path("worker_threads").asText(),
                    step.path("database_connections").asText()));
        }
        return String.format(
                Locale.ROOT,
                """
                %,d requests of %d clients for up to 16 tokens, in %.0f s; %d processors. One worker was killed halfway.

                %s
                Whole texts: %,d, of %,d tokens, after p50 %.2f s and p95 %.2f s; first letters after p50 %.2f s and p95 %.2f s.
                Left by the client: %,d. Refused: %,d. Failed with an error: %,d, among them those of the killed worker.
                Wrong, or half a text that looks whole: %,d. Still there after the end: %,d. Target, none: %s.
                """,
                result.path("requests").asInt(),
                result.path("clients").asInt(),
                result.path("seconds").asDouble(),
                result.path("processors").asInt(),
                table,
                result.path("whole").asInt(),
                result.path("tokens").asInt(),
                result.path("p50_seconds").asDouble(),
                result.path("p95_seconds").asDouble(),
                result.path("first_p50_seconds").asDouble(),
                result.path("first_p95_seconds").asDouble(),
                result.path("left").asInt(),
                result.path("refused").asInt(),
                result.path("failed").asInt(),
                result.path("wrong").asInt(),
                result.path("stay").asInt(),
                isRight(result) ? "yes" : "no");
    }

    private static String megabytes(JsonNode step, String name) {
        return String.format(Locale.ROOT, "%.0f", step.path(name).asDouble() / 1e6);
    }
}
