package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the worker pool: the cost of queue and log, throughput by workers, start latency, many watchers. */
@Command(
        name = "pool",
        description = {
            "Starts a hub with worker processes and its own PostgreSQL, and measures: the cost of queue and log over the same"
                    + " search without a hub, evaluations a second with one worker and with two, the time from a click to"
                    + " the first evaluation, how late many watchers see an event, and the cost of taking a run from a long queue."
                    + " Or all of it for several numbers of workers, watchers and waiting runs.",
            ""
        })
public final class PoolBenchCommand implements Callable<Integer> {

    // targets, in seconds or as ratios
    private static final double OVERHEAD = 0.002;
    private static final double RATIO = 1.02;
    private static final double CLICK = 1;
    private static final double EVENT = 0.5;
    private static final double GROWTH = 2;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--evaluations",
            paramLabel = "N",
            defaultValue = "400",
            description = "Evaluations of each measured run. Default: ${DEFAULT-VALUE}.")
    private int evaluations;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Repetitions of each measurement. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--watchers",
            paramLabel = "N",
            defaultValue = "500",
            description = "Watchers of one run. Default: ${DEFAULT-VALUE}.")
    private int watchers;

    @Option(
            names = "--curves",
            description =
                    "Instead of all this: 1 to 10 workers, 1 to 1,000 watchers of a run, 1 to 10,000 waiting runs.")
    private boolean curves;

    @Mixin
    private HubFolder folder;

    @Override
    public Integer call() {
        if (evaluations < 20 || evaluations > 1000 || rounds < 1 || watchers < 1) {
            throw output.wrong("--evaluations must be from 20 to 1000, --rounds and --watchers at least 1.");
        }
        try (HubUnderTest hub = folder.open()) {
            PoolMeasurement pool = new PoolMeasurement(hub, output, evaluations, rounds);
            ObjectNode result = curves ? pool.curves() : pool.measure(watchers);
            output.print(result, curves ? textOfCurves(result) : text(result));
            return 0;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        }
    }

    private static String text(JsonNode result) {
        JsonNode overhead = result.path("overhead");
        JsonNode click = result.path("click");
        JsonNode watching = result.path("watching");
        JsonNode throughput = result.path("throughput");
        JsonNode queue = result.path("queue");
        return String.format(
                Locale.ROOT,
                """
                The demo hub's task un-past, 4 candidates, %d evaluations a run, medians of %d; %d processors.

                An evaluation takes %s ms with queue and log, %s ms without a hub: %s ms more, ratio %.3f.
                Target, less than %.0f ms or a ratio below %.2f: %s.

                From the click to the first evaluation, model loaded: p50 %s ms, p95 %s ms.
                Target, a median below %.0f ms: %s.

                %d watchers of one run saw an evaluation after p50 %s ms, p95 %s ms (%d evaluations, %d missed).
                Target, a 95th percentile below %.0f ms and none missed: %s.

                One worker makes %.1f evaluations a second, two make %.1f: %.2f times as many.

                Taking a run costs %s ms with %,d waiting runs, %s ms with %,d: %.2f times as much.
                Target, less than %.0f times: %s.
                """,
                result.path("evaluations").asInt(),
                result.path("rounds").asInt(),
                result.path("processors").asInt(),
                ms(overhead, "hub_seconds"),
                ms(overhead, "plain_seconds"),
                ms(overhead, "overhead_seconds"),
                overhead.path("ratio").asDouble(),
                OVERHEAD * 1e3,
                RATIO,
                met(overhead.path("overhead_seconds").asDouble() < OVERHEAD
                        || overhead.path("ratio").asDouble() < RATIO),
                ms(click, "p50_seconds"),
                ms(click, "p95_seconds"),
                CLICK * 1e3,
                met(click.path("p50_seconds").asDouble() < CLICK),
                result.path("watchers").asInt(),
                ms(watching, "p50_seconds"),
                ms(watching, "p95_seconds"),
                watching.path("events").asInt(),
                watching.path("missed").asLong(),
                EVENT * 1e3,
                met(watching.path("p95_seconds").asDouble() < EVENT
                        && watching.path("missed").asLong() == 0),
                throughput.path("one").asDouble(),
                throughput.path("two").asDouble(),
                throughput.path("gain").asDouble(),
                ms(queue, "few_seconds"),
                queue.path("few").asInt(),
                ms(queue, "many_seconds"),
                queue.path("many").asInt(),
                queue.path("ratio").asDouble(),
                GROWTH,
                met(queue.path("ratio").asDouble() < GROWTH));
    }

    private static String textOfCurves(JsonNode result) {
        TextTable workers = new TextTable("workers", "evaluations a second", "ms of PostgreSQL's processor for one");
        for (JsonNode row : result.path("workers")) {
            workers.row(List.of(
                    row.path("workers").asText(),
                    String.format(
                            Locale.ROOT,
                            "%.1f",
                            row.path("evaluations_per_second").asDouble()),
                    ms(row, "database_seconds_per_evaluation")));
        }
        TextTable watchers = new TextTable("watchers", "p50, ms", "p95, ms", "evaluations", "missed");
        for (JsonNode row : result.path("watchers")) {
            watchers.row(List.of(
                    row.path("watchers").asText(),
                    ms(row, "p50_seconds"),
                    ms(row, "p95_seconds"),
                    row.path("events").asText(),
                    row.path("missed").asText()));
        }
        TextTable waiting = new TextTable("waiting runs", "ms to take one");
        for (JsonNode row : result.path("waiting")) {
            waiting.row(List.of(row.path("waiting").asText(), ms(row, "seconds")));
        }
        return "The demo hub's task un-past, 4 candidates, %d evaluations a run, two runs a worker; %d processors.\n\n%s\n%s\n%s"
                .formatted(
                        result.path("evaluations").asInt(),
                        result.path("processors").asInt(),
                        workers,
                        watchers,
                        waiting);
    }

    private static String ms(JsonNode times, String name) {
        return Seconds.milliseconds(times.path(name).asDouble());
    }

    private static String met(boolean is) {
        return is ? "yes" : "no";
    }
}
