package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the hub: pages under load, transfers, memory, weight of pages. */
@Command(
        name = "web",
        description = {
            "Starts a hub with its own PostgreSQL in a folder that is deleted at the end, and measures"
                    + " pages at a fixed rate, transfers compared with a plain copy, memory, and the weight of pages.",
            ""
        })
public final class WebBenchCommand implements Callable<Integer> {

    private static final double LONGEST = 0.050;
    private static final double SLOWEST = 0.5;
    private static final int HEAVIEST = 150_000;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--adapters",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Adapters on the hub. Default: ${DEFAULT-VALUE}.")
    private int adapters;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "50",
            description = "Page requests per second. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long to request pages, after a warm-up of a third of it. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--megabytes",
            paramLabel = "N",
            defaultValue = "200",
            description = "Size of the file to transfer. Default: ${DEFAULT-VALUE}.")
    private int megabytes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Transfers of each kind. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Mixin
    private HubFolder folder;

    @Option(
            names = "--python",
            paramLabel = "DIR",
            description = "A Python environment with huggingface_hub, to measure its snapshot_download"
                    + " beside a plain HTTP server.")
    private Path python;

    @Option(
            names = "--program",
            paramLabel = "JAR",
            description = "Another build's target/quarkus-app/quarkus-run.jar, to measure it in the same way.")
    private Path program;

    @Option(
            names = "--plans",
            paramLabel = "FILE",
            description = "Writes PostgreSQL's EXPLAIN (ANALYZE, BUFFERS) of the queries of each kind of page.")
    private Path plans;

    @Override
    public Integer call() {
        if (adapters < 100 || rate <= 0 || seconds < 1 || megabytes < 1 || rounds < 1) {
            throw output.wrong("--adapters must be at least 100, all other numbers positive.");
        }
        try (HubUnderTest hub = folder.open()) {
            ObjectNode result = new WebMeasurement(hub, output)
                    .measure(new WebMeasurement.Plan(
                            adapters,
                            rate,
                            Duration.ofSeconds(seconds),
                            megabytes * 1_000_000L,
                            rounds,
                            Optional.ofNullable(python),
                            Optional.ofNullable(program),
                            Optional.ofNullable(plans)));
            output.print(result, text(result));
            return 0;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        }
    }

    static String text(JsonNode result) {
        return """
                %,d adapters, %.0f pages a second in an open loop (times count from when a page was due); \
                %d processors, load %.1f at the beginning and %.1f after the pages. The hub started in %.1f s and had a live heap of %s MB then.

                %s
                The hub took %s ms of processor time per page, without its database.
                Target, a 95th percentile below %.0f ms: %s.

                %s
                Each ends when the bytes are on the disk. The same copy without waiting for the disk: %.0f MB a second; SHA-256 alone, \
                which every upload needs: %.0f.
                Target, at least %.1f of the copy: %s.

                %s

                %s
                %s
                Target, less than %d kB: %s.
                """.formatted(
                        result.path("adapters").asInt(),
                        result.path("rate").asDouble(),
                        result.path("processors").asInt(),
                        result.path("load_before").asDouble(),
                        result.path("load_after").asDouble(),
                        result.path("start_seconds").asDouble(),
                        mb(result, "heap_at_start"),
                        pages(result),
                        ms(result, "processor_seconds_per_page"),
                        LONGEST * 1e3,
                        met(all(result.path("pages"), "p95_seconds", LONGEST)),
                        transfers(result.path("transfers")),
                        result.at("/transfers/unforced_copy_mb_per_second").asDouble(),
                        result.at("/transfers/sha256_mb_per_second").asDouble(),
                        SLOWEST,
                        met(result.at("/transfers/upload_to_copy").asDouble() >= SLOWEST
                                && result.at("/transfers/download_to_copy").asDouble() >= SLOWEST),
                        snapshotDownload(result),
                        memory(result.path("memory")),
                        weights(result),
                        HEAVIEST / 1000,
                        met(all(result.path("weights"), "bytes", HEAVIEST)));
    }

    private static String pages(JsonNode result) {
        TextTable table = new TextTable("ms", "requests", "failed", "p50", "p95", "p99", "slowest");
        for (JsonNode kind : result.path("pages")) {
            table.row(List.of(
                    kind.path("kind").asText(),
                    kind.path("requests").asText(),
                    kind.path("failed").asText(),
                    ms(kind, "p50_seconds"),
                    ms(kind, "p95_seconds"),
                    ms(kind, "p99_seconds"),
                    ms(kind, "slowest_seconds")));
        }
        return table.toString();
    }

    private static String transfers(JsonNode t) {
        TextTable table = new TextTable("MB a second", "copy", "upload", "/copy", "download", "/copy");
        table.row(List.of(
                "%.0f MB, %d rounds"
                        .formatted(
                                t.path("bytes").asDouble() / 1e6,
                                t.path("rounds").asInt()),
                number("%.0f", t.path("copy_mb_per_second")),
                number("%.0f", t.path("upload_mb_per_second")),
                number("%.2f", t.path("upload_to_copy")),
                number("%.0f", t.path("download_mb_per_second")),
                number("%.2f", t.path("download_to_copy"))));
        return table.toString();
    }

    private static String snapshotDownload(JsonNode result) {
        JsonNode snapshot = result.path("snapshot_download");
        if (snapshot.isMissingNode()) {
            return "snapshot_download of huggingface_hub was not measured: "
                    + result.path("snapshot_download_missing").asText();
        }
        double ratio = snapshot.path("hub_to_plain").asDouble();
        return """
                snapshot_download of huggingface_hub %s: %.0f MB a second from the hub, %.0f from Python's own HTTP server by the \
                same client; ratio %.2f.
                Target, at least %.1f: %s.""".formatted(
                        snapshot.path("client").asText(),
                        snapshot.path("hub_mb_per_second").asDouble(),
                        snapshot.path("plain_mb_per_second").asDouble(),
                        ratio,
                        SLOWEST,
                        met(ratio >= SLOWEST));
    }

    private static String memory(JsonNode memory) {
        TextTable table =
                new TextTable("MB of the hub", "before pages", "after pages", "after transfers", "peak in transfers");
        table.row(List.of(
                "live heap",
                mb(memory, "heap_before_pages"),
                mb(memory, "heap_after_pages"),
                mb(memory, "heap_after_transfers"),
                ""));
        table.row(List.of(
                "process",
                "",
                mb(memory, "own_bytes_before_transfers"),
                mb(memory, "own_bytes_after_transfers"),
                mb(memory, "peak_bytes_transfers")));
        return table.toString();
    }

    private static String weights(JsonNode result) {
        TextTable table = new TextTable("kB compressed", "html", "css", "js", "pictures", "all");
        for (JsonNode page : result.path("weights")) {
            table.row(List.of(
                    page.path("path").asText(),
                    kb(page, "html"),
                    kb(page, "css"),
                    kb(page, "js"),
                    kb(page, "pictures"),
                    kb(page, "bytes")));
        }
        return table.toString();
    }

    private static boolean all(JsonNode rows, String key, double bound) {
        for (JsonNode row : rows) if (row.path(key).asDouble() >= bound) return false;
        return true;
    }

    private static String met(boolean met) {
        return met ? "met" : "not met";
    }

    private static String ms(JsonNode row, String key) {
        return Seconds.milliseconds(row.path(key).asDouble());
    }

    private static String mb(JsonNode memory, String key) {
        JsonNode bytes = memory.path(key);
        return bytes.isMissingNode() ? "" : number("%.0f", bytes.asDouble() / 1e6);
    }

    private static String kb(JsonNode page, String key) {
        return number("%.1f", page.path(key).asDouble() / 1e3);
    }

    private static String number(String format, JsonNode value) {
        return number(format, value.asDouble());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
