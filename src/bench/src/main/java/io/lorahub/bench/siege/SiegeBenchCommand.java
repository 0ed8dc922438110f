package io.lorahub.bench.siege;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.HubFolder;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.hub.OtherHub;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
                    + " YAML, slow imports, chat templates, wrong passwords for one member, files that were taken down, one after"
                    + " the other and then all at once. Measures how fast the status page answers"
                    + " meanwhile, memory, threads, what the hub computes after the clients have left, and how long it takes to end.",
            ""
        })
public final class SiegeBenchCommand implements Callable<Integer> {

    /** Name of a repository whose files arrive at once; those of others arrive at one byte a second. */
    static final String FAST = "fast";

    private static final int FILE_BYTES = 5_000;

    // targets in seconds
    private static final double STATUS = 1;
    private static final double END = 10;
    private static final double IMPORT = 10;
    private static final double DEFENCE = 10;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long each attack lasts. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--attacks",
            paramLabel = "NAME,...",
            split = ",",
            description = "Only these attacks, such as \"slow files\".")
    private List<String> names = List.of();

    @Mixin
    private HubFolder folder;

    @Override
    public Integer call() {
        if (seconds < 2) throw output.wrong("--seconds must be at least 2.");
        List<String> known = Attacks.all().stream().map(Attack::name).toList();
        if (!known.containsAll(names)) throw output.wrong("The attacks are %s.".formatted(String.join(", ", known)));
        List<Attack> attacks = Attacks.all().stream()
                .filter(attack -> names.isEmpty() || names.contains(attack.name()))
                .toList();
        try (OtherHub other = OtherHub.start(SiegeBenchCommand::repository);
                HubUnderTest hub = folder.open();
                Connection database = hub.connect()) {
            hub.start(Map.of("LORAHUB_DEMO_LOAD", "false", "LORAHUB_IMPORTS_HOSTS", other.host()));
            ObjectNode result = BenchOutput.JSON
                    .createObjectNode()
                    .put("processors", Runtime.getRuntime().availableProcessors())
                    .put("seconds", seconds);
            Siege siege =
                    new Siege(hub, new Target(hub.address(), database, other), output, Duration.ofSeconds(seconds));
            result.set("attacks", siege.run(attacks));
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

    private static OtherHub.Repository repository(String name) {
        byte[] content = name.concat(" ".repeat(FILE_BYTES)).getBytes(StandardCharsets.US_ASCII);
        return name.equals(FAST)
                ? new OtherHub.Repository(files(content), FILE_BYTES, (file, offset) -> {})
                : new OtherHub.Repository(files(content), 1, (file, offset) -> Thread.sleep(1000));
    }

    private static Map<String, byte[]> files(byte[] content) {
        return Map.of("adapter_config.json", content, "adapter_model.safetensors", content);
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
                "import begins, s",
                "defence holds after, s");
        double worst = 0;
        int failed = 0;
        double begins = 0;
        double defended = 0;
        boolean held = true;
        for (JsonNode attack : result.path("attacks")) {
            table.row(row(attack));
            worst = Math.max(worst, attack.path("status_worst_seconds").asDouble());
            failed += attack.path("status_failed").asInt();
            begins = Math.max(begins, attack.path("import_begins_seconds").asDouble());
            defended = Math.max(defended, attack.path("defence_seconds").asDouble());
            held &= attack.path("defence_holds").asBoolean(true);
        }
        double end = result.path("end_seconds").asDouble();
        return String.format(
                Locale.ROOT,
                """
                A hub with default settings, %d processors, each attack for %d seconds.

                %s
                /status at worst %.2f s, %d failed. Target, at most %.0f s and none: %s.
                Another member's import begins within %.1f s. Target, %.0f s: %s.
                The owner signs in, and files that were taken down stay so, after %.1f s. Target, %.0f s: %s.
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
                defended,
                DEFENCE,
                met(held && defended <= DEFENCE),
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
                number(attack, "import_begins_seconds", 1),
                attack.has("defence_seconds") ? number(attack, "defence_seconds", 1) : "");
    }

    private static String number(JsonNode attack, String name, double unit) {
        return String.format(
                Locale.ROOT, unit == 1 ? "%.2f" : "%.0f", attack.path(name).asDouble() / unit);
    }

    private static String met(boolean is) {
        return is ? "yes" : "no";
    }
}
