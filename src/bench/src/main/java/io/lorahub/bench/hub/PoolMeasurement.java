package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.TimeSeries;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
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
    private static final List<Integer> WORKERS = List.of(1, 2, 3, 4, 6, 8, 10);
    private static final List<Integer> WATCHERS = List.of(1, 10, 100, 300, 1000);
    private static final List<Integer> WAITING = List.of(1, 10, 100, 1000, 10_000);

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
        return measured((connection, runs, result) -> {
            result.put("watchers", watchers);
            result.set("overhead", overhead(runs));
            result.set("click", click(runs));
            result.set("watching", watching(runs, watchers));
            result.set("throughput", throughput(runs));
            result.set("queue", queue(connection, runs).measure());
        });
    }

    /** How far workers, watchers and waiting runs go: a row for each number of them. */
    ObjectNode curves() throws SQLException {
        return measured((connection, runs, result) -> {
            for (int watchers : WATCHERS) {
                result.withArray("watchers").add(watching(runs, watchers).put("watchers", watchers));
            }
            int running = 1;
            for (int workers : WORKERS) {
                while (running < workers) {
                    hub.startWorker();
                    running++;
                }
                result.withArray("workers").add(working(connection, runs, workers));
            }
            QueueLoad queue = queue(connection, runs);
            for (int waiting : WAITING) {
                result.withArray("waiting").addObject().put("waiting", waiting).put("seconds", queue.measure(waiting));
            }
        });
    }

    private interface Part {
        void measure(Connection connection, PoolRuns runs, ObjectNode result) throws SQLException;
    }

    /** On a new hub with a warm worker. */
    private ObjectNode measured(Part part) throws SQLException {
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
        result.put("evaluations", evaluations).put("rounds", rounds);
        try (Connection connection = hub.connect()) {
            String token = BenchMember.add(connection).token();
            PoolRuns runs = new PoolRuns(connection, new BenchHubClient(hub.address(), token));
            runs.awaitEnd(runs.start(evaluations)); // warm, as the plain search will be
            part.measure(connection, runs, result);
        }
        return result;
    }

    /** The queue without workers, in which copies of a run can wait. */
    private QueueLoad queue(Connection connection, PoolRuns runs) throws SQLException {
        progress.say("Waiting runs");
        UUID copied = runs.start(SHORT);
        runs.awaitEnd(copied);
        hub.stopWorkers();
        return new QueueLoad(connection, copied);
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
        result.put("one", together(runs, 4));
        progress.say("Two workers");
        hub.startWorker();
        together(runs, 4); // warm
        result.put("two", together(runs, 4));
        return result.put(
                "gain", result.path("two").asDouble() / result.path("one").asDouble());
    }

    /** Evaluations a second of so many workers, two runs each, and what PostgreSQL computes for one of them. */
    private ObjectNode working(Connection connection, PoolRuns runs, int workers) throws SQLException {
        progress.say("%d workers".formatted(workers));
        together(runs, 2 * workers); // warm
        double before = computedByDatabase(connection);
        double speed = together(runs, 2 * workers);
        double computed = computedByDatabase(connection) - before;
        return BenchOutput.JSON
                .createObjectNode()
                .put("workers", workers)
                .put("evaluations_per_second", speed)
                .put("database_seconds_per_evaluation", computed / (2.0 * workers * evaluations));
    }

    /** Processor time of PostgreSQL's processes that have a connection or work for all, in seconds. */
    private static double computedByDatabase(Connection connection) throws SQLException {
        double seconds = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pid from pg_stat_activity")) {
            while (row.next()) {
                seconds += ProcessHandle.of(row.getLong(1))
                                .flatMap(process -> process.info().totalCpuDuration())
                                .orElse(Duration.ZERO)
                                .toMillis()
                        / 1e3;
            }
        }
        return seconds;
    }

    private double together(PoolRuns runs, int count) throws SQLException {
        List<UUID> all = new ArrayList<>();
        for (int i = 0; i < count; i++) all.add(runs.start(evaluations));
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
