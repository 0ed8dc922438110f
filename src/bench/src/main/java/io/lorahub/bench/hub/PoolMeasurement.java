package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.TimeSeries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Measures a hub whose runs are done by worker processes. */
final class PoolMeasurement {

    private static final int SHORT = 20;
    private static final int LONGEST = 1000;
    private static final long POLL_NANOS = 20_000_000;

    private final HubUnderTest hub;
    private final BenchProgress progress;
    private final int evaluations;
    private final int rounds;

    PoolMeasurement(HubUnderTest hub, BenchProgress progress, int evaluations, int rounds) {
        this.hub = hub;
        this.progress = progress;
        this.evaluations = evaluations;
        this.rounds = rounds;
    }

    ObjectNode measure(int watchers) throws SQLException {
        progress.say("Starting a hub and a worker");
        hub.start(
                Map.of(
                        "LORAHUB_DEMO_LOAD", "true",
                        "LORAHUB_COMPOSITION_QUEUED", "1000",
                        // all watchers have one address
                        "LORAHUB_CONNECTIONS_PER_ADDRESS", "4096"),
                "--no-worker");
        hub.startWorker();
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        result.put("processors", Runtime.getRuntime().availableProcessors());
        result.put("evaluations", evaluations).put("rounds", rounds).put("watchers", watchers);
        try (Connection connection = hub.connect()) {
            String token = BenchMember.add(connection).token();
            PoolRuns runs = new PoolRuns(connection, new BenchHubClient(hub.address(), token));
            runs.awaitEnd(runs.start(evaluations)); // warm, as the plain search will be
            result.set("overhead", overhead(runs));
            result.set("click", click(runs));
            result.set("watching", watching(runs, watchers));
            result.set("throughput", throughput(runs));
            progress.say("%,d waiting runs".formatted(QueueLoad.MANY));
            UUID copied = runs.start(SHORT);
            runs.awaitEnd(copied);
            hub.stopWorkers();
            result.set("queue", new QueueLoad(connection, copied).measure());
        }
        return result;
    }

    /** In turn, so that other load on the machine affects both. */
    private ObjectNode overhead(PoolRuns runs) throws SQLException {
        TimeSeries times = new TimeSeries();
        for (int i = 0; i < rounds; i++) {
            progress.say("Overhead, round %d of %d".formatted(i + 1, rounds));
            String printed = JavaProcess.run(
                    JavaProcess.command(JavaProcess.SERVER_FLAGS, PlainSearch.class, String.valueOf(evaluations)));
            times.add("plain", Double.parseDouble(printed.strip()));
            UUID run = runs.start(evaluations);
            runs.awaitEnd(run);
            times.add("hub", runs.secondsPerEvaluation(run));
        }
        double plain = times.median("plain");
        double hubs = times.median("hub");
        return BenchOutput.JSON
                .createObjectNode()
                .put("plain_seconds", plain)
                .put("hub_seconds", hubs)
                .put("overhead_seconds", hubs - plain)
                .put("ratio", hubs / plain);
    }

    /** From before the request until the first evaluation is in the log. */
    private ObjectNode click(PoolRuns runs) throws SQLException {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < 4 * rounds; i++) {
            double clicked = System.currentTimeMillis() / 1e3;
            UUID run = runs.start(SHORT);
            runs.awaitEnd(run);
            times.add(runs.notedAt(run, 1) - clicked);
        }
        return quantiles(Samples.of(times));
    }

    private ObjectNode watching(PoolRuns runs, int watchers) throws SQLException {
        progress.say("%d watchers".formatted(watchers));
        UUID run = runs.start(LONGEST);
        runs.share(run);
        EventDelays delays = new EventDelays();
        delays.watch(hub.address(), run, watchers);
        while (delays.begun() < watchers) LockSupport.parkNanos(POLL_NANOS);
        int before = runs.spent(run);
        runs.awaitEnd(run);
        delays.awaitEnd();
        Map<Integer, Double> noted = new HashMap<>();
        for (int number = before + 1; number <= LONGEST; number++) noted.put(number, runs.notedAt(run, number));
        List<Double> seconds = delays.after(before, noted);
        ObjectNode result = quantiles(Samples.of(seconds));
        result.put("events", noted.size());
        result.put("missed", (long) noted.size() * watchers - seconds.size());
        return result;
    }

    private ObjectNode throughput(PoolRuns runs) throws SQLException {
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        progress.say("One worker");
        result.put("one", together(runs));
        progress.say("Two workers");
        hub.startWorker();
        together(runs); // warm
        result.put("two", together(runs));
        return result.put(
                "gain", result.path("two").asDouble() / result.path("one").asDouble());
    }

    private double together(PoolRuns runs) throws SQLException {
        List<UUID> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) all.add(runs.start(evaluations));
        for (UUID run : all) runs.awaitEnd(run);
        return runs.evaluationsPerSecond(all);
    }

    private static ObjectNode quantiles(Samples sample) {
        return BenchOutput.JSON
                .createObjectNode()
                .put("p50_seconds", sample.median())
                .put("p95_seconds", sample.quantile(0.95));
    }
}
