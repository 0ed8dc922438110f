package io.lorahub.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.HubFolder;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.names.EnumNames;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Uses a hub in every way for a long time while its parts fail, and counts what is lost, done twice or stuck. */
@Command(
        name = "soak",
        description = {
            "Starts two web and three worker processes on a PostgreSQL and an object store with the protocol of S3. Members browse,"
                    + " upload through the API and by Xet, import, compose, watch runs and have texts written, while one after the"
                    + " other fails: a worker or a web process is killed, stopped or stands still, the database or the store is away."
                    + " At the end, counts what is lost, done twice or stuck, compares the store with the database, and shows"
                    + " whether memory, threads, files and connections grow. Exit code 1 if something is lost, double, stuck or wrong.",
            ""
        })
public final class SoakBenchCommand implements Callable<Integer> {

    private static final int LONGEST_OUTAGE = 20;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long members use the hub. Default: ${DEFAULT-VALUE}.")
    private int minutes;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Time from one fault to the next; an outage lasts a third of it, 20 s at most."
                    + " Default: ${DEFAULT-VALUE}.")
    private int every;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Decides the order of faults, what they happen to, and what members ask. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--plots", paramLabel = "DIR", description = "Where to write plots, as SVG.")
    private Path plots;

    @Mixin
    private HubFolder folder;

    @Override
    public Integer call() {
        if (minutes < 1 || every < 15) throw output.wrong("--minutes must be at least 1, --every at least 15.");
        Duration outage = Duration.ofSeconds(Math.min(LONGEST_OUTAGE, every / 3));
        try (HubUnderTest hub = folder.open()) {
            Soak soak = new Soak(hub, output, seed, Duration.ofSeconds(every), outage);
            ObjectNode result = soak.run(Duration.ofMinutes(minutes));
            if (plots != null) soak.plot(plots);
            output.print(result, text(result));
            return result.path("wrong").isEmpty() ? 0 : 1;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        } catch (IOException e) {
            throw new EngineException("The hub does not answer: %s".formatted(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    private static String text(JsonNode result) {
        TextTable work = new TextTable("", "begun", "tried again", "p50, s", "longest, s", "lost", "double", "stuck");
        for (JsonNode kind : result.path("work")) {
            work.row(List.of(
                    kind.path("work").asText(),
                    kind.path("begun").asText(),
                    kind.path("again").asText(),
                    number(kind, "p50_seconds"),
                    number(kind, "longest_seconds"),
                    kind.path("lost").asText(),
                    kind.path("double").asText(),
                    kind.path("stuck").asText()));
        }
        TextTable faults = new TextTable("", "times", "works again after, s");
        for (JsonNode fault : result.path("faults")) {
            faults.row(List.of(
                    fault.path("fault").asText(), fault.path("times").asText(), number(fault, "longest_seconds")));
        }
        JsonNode pages = result.path("pages");
        JsonNode texts = result.path("texts");
        JsonNode store = result.path("store");
        return String.format(
                Locale.ROOT,
                """
                %d minutes, a fault every %d s, seed %d; %d processors, load %.1f to %.1f.

                %s
                %s
                Pages: %,d, of which %,d came, %,d were refused with 503, %,d broke off, and %,d ended with another status.
                Texts: %,d whole, %,d left by the client, %,d refused, %,d failed with an error. Wrong, or a part that looks whole: %,d.
                Store: %,d objects without an owner at the end, %,d after a sweep; %,d files missing or damaged.
                Left: %,d jobs in the queues, %,d uploads that are neither published nor cancelled.

                %s
                Grows: %s.

                %s""",
                result.path("minutes").asInt(),
                result.path("every_seconds").asInt(),
                result.path("seed").asLong(),
                result.path("processors").asInt(),
                result.path("load_least").asDouble(),
                result.path("load_most").asDouble(),
                work,
                faults,
                pages.path("requests").asInt(),
                pages.path("good").asInt(),
                pages.path("unavailable").asInt(),
                pages.path("broken").asInt(),
                pages.path("other").asInt(),
                texts.path("whole").asInt(),
                texts.path("left").asInt(),
                texts.path("refused").asInt(),
                texts.path("failed").asInt(),
                texts.path("wrong").asInt(),
                store.path("without_owner_before").asInt(),
                store.path("without_owner").asInt(),
                store.path("missing_or_damaged").asInt(),
                result.path("jobs_left").asInt(),
                result.path("uploads_left").asInt(),
                vitals(result.path("processes")),
                grows(result.path("processes")),
                wrong(result.path("wrong")));
    }

    /** Of the first third and of the last, with what the line through the last two thirds says. */
    private static TextTable vitals(JsonNode processes) {
        TextTable table = new TextTable(
                "median of the first third, of the last",
                "heap, MB",
                "memory, MB",
                "code, MB",
                "threads",
                "files",
                "connections");
        processes.properties().forEach(process -> {
            List<String> row = new ArrayList<>();
            int starts = process.getValue().path("starts").asInt();
            row.add(process.getKey() + (starts > 1 ? ", started %d times".formatted(starts) : ""));
            for (Vitals.Quantity quantity : Vitals.Quantity.values()) {
                JsonNode trend = process.getValue().path(EnumNames.of(quantity));
                row.add(
                        trend.isMissingNode()
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "%.0f, %.0f (%+.1f an hour ± %.1f)",
                                        trend.path("first_third").asDouble(),
                                        trend.path("last_third").asDouble(),
                                        trend.path("per_hour").asDouble(),
                                        trend.path("spread").asDouble()));
            }
            table.row(row);
        });
        return table;
    }

    private static String grows(JsonNode processes) {
        List<String> growing = new ArrayList<>();
        processes
                .properties()
                .forEach(process -> process.getValue().properties().forEach(quantity -> {
                    if (quantity.getValue().path("grows").asBoolean()) {
                        growing.add("%s of %s".formatted(quantity.getKey(), process.getKey()));
                    }
                }));
        return growing.isEmpty() ? "nothing" : String.join(", ", growing);
    }

    private static String wrong(JsonNode wrong) {
        if (wrong.isEmpty()) return "Nothing was lost, double, stuck or wrong.";
        List<String> lines = new ArrayList<>();
        wrong.forEach(line -> lines.add("- " + line.asText()));
        return "Wrong:\n" + String.join("\n", lines);
    }

    private static String number(JsonNode node, String name) {
        return String.format(Locale.ROOT, "%.1f", node.path(name).asDouble());
    }
}
