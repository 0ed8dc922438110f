package io.lorahub.bench.siege;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Attacks a hub with default settings and measures whether others notice. */
@Command(
        name = "siege",
        description = {
            "Starts a hub with default settings and attacks it: commits with long texts, shards, slow files, sign-ins, JSON,"
                    + " YAML, slow imports, one after the other and then all at once. Measures how fast the status page answers"
                    + " meanwhile, memory, threads, what the hub computes after the clients have left, and how long it takes to end.",
            ""
        })
public final class SiegeBenchCommand implements Callable<Integer> {

    // targets in seconds
    private static final double STATUS = 1;
    private static final double END = 10;
    private static final double IMPORT = 10;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long each attack lasts. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            defaultValue = "${sys:java.io.tmpdir}",
            description = "Where the hub keeps its data. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Override
    public Integer call() {
        if (seconds < 2) throw output.wrong("--seconds must be at least 2.");
        try (SlowRepository other = SlowRepository.start();
                HubUnderTest hub = HubUnderTest.in(folder);
                Connection database = hub.connect()) {
            hub.start(Map.of("LORAHUB_DEMO_LOAD", "false", "LORAHUB_IMPORTS_HOSTS", SlowRepository.host()));
            ObjectNode result = BenchOutput.JSON
                    .createObjectNode()
                    .put("processors", Runtime.getRuntime().availableProcessors())
                    .put("seconds", seconds);
            Siege siege = new Siege(hub, new Target(hub.address(), database), output, Duration.ofSeconds(seconds));
            result.set("attacks", siege.run(Attacks.all()));
            result.put("end_seconds", Seconds.of(hub::stop));
            output.print(result, text(result));
            return 0;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        } catch (IOException e) {
            throw new EngineException("The hub does not answer: %s".formatted(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    static String text(JsonNode result) {
        TextTable table = new TextTable(
                "attack",
                "clients",
                "/status median, s",
                "worst, s",
                "failed",
                "peak, MB",
                "heap after, MB",
                "threads",
                "computes after, s of 5",
                "import begins, s");
        double worst = 0;
        int failed = 0;
        double begins = 0;
        for (JsonNode attack : result.path("attacks")) {
            table.row(row(attack));
            worst = Math.max(worst, attack.path("status_worst_seconds").asDouble());
            failed += attack.path("status_failed").asInt();
            begins = Math.max(begins, attack.path("import_begins_seconds").asDouble());
        }
        double end = result.path("end_seconds").asDouble();
        return String.format(
                Locale.ROOT,
                """
                A hub with default settings, %d processors, each attack for %d seconds.

                %s
                /status at worst %.2f s, %d failed. Target, at most %.0f s and none: %s.
                Another member's import begins within %.1f s. Target, %.0f s: %s.
                SIGTERM ends the hub in %.1f s. Target, %.0f s: %s.
                """,
                result.path("processors").asInt(),
                result.path("seconds").asInt(),
                table,
                worst,
                failed,
                STATUS,
                met(worst <= STATUS && failed == 0),
                begins,
                IMPORT,
                met(begins <= IMPORT),
                end,
                END,
                met(end <= END));
    }

    private static List<String> row(JsonNode attack) {
        return List.of(
                attack.path("attack").asText(),
                attack.path("clients").asText(),
                number(attack, "status_median_seconds", 1),
                number(attack, "status_worst_seconds", 1),
                attack.path("status_failed").asText(),
                number(attack, "resident_peak_bytes", 1e6),
                number(attack, "live_heap_after_bytes", 1e6),
                attack.path("threads").asText(),
                number(attack, "computed_after_seconds", 1),
                number(attack, "import_begins_seconds", 1));
    }

    private static String number(JsonNode attack, String name, double unit) {
        return String.format(
                Locale.ROOT, unit == 1 ? "%.2f" : "%.0f", attack.path(name).asDouble() / unit);
    }

    private static String met(boolean is) {
        return is ? "yes" : "no";
    }
}
