package io.lorahub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** The hub's measurements for people, beside what is wanted of them. */
record WebReport(JsonNode result) {

    private static final double LONGEST = 0.050;
    private static final double SLOWEST = 0.5;
    private static final int HEAVIEST = 150_000;

    String text() {
        return """
                %,d adapters, %.0f pages a second in an open loop (times count from when a page was to be asked for); \
                %d processors, load %.1f at the beginning and %.1f after the pages. The hub started in %.1f s.

                %s
                The hub computed %s ms for a page, its database not counted.
                A 95th percentile below %.0f ms is wanted: %s.

                %s
                All are on the disk at their end. The same copy left to the system's memory: %.0f MB a second; SHA-256 alone, \
                which every upload takes: %.0f.
                At least %.1f of the copy is wanted: %s.

                %s
                %s
                Less than %d kB is wanted: %s.
                """.formatted(
                        result.path("adapters").asInt(),
                        result.path("rate").asDouble(),
                        result.path("processors").asInt(),
                        result.path("load_before").asDouble(),
                        result.path("load_after").asDouble(),
                        result.path("start_seconds").asDouble(),
                        pages(),
                        ms(result, "processor_seconds_per_page"),
                        LONGEST * 1e3,
                        met(all("pages", "p95_seconds", LONGEST)),
                        transfers(),
                        result.at("/transfers/unforced_copy_mb_per_second").asDouble(),
                        result.at("/transfers/sha256_mb_per_second").asDouble(),
                        SLOWEST,
                        met(result.at("/transfers/upload_to_copy").asDouble() >= SLOWEST
                                && result.at("/transfers/download_to_copy").asDouble() >= SLOWEST),
                        memory(),
                        weights(),
                        HEAVIEST / 1000,
                        met(all("weights", "bytes", HEAVIEST)));
    }

    private String pages() {
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

    private String transfers() {
        JsonNode t = result.path("transfers");
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

    private String memory() {
        TextTable table =
                new TextTable("MB of the hub", "before pages", "after pages", "after transfers", "peak in transfers");
        table.row(
                List.of("live heap", mb("heap_before_pages"), mb("heap_after_pages"), mb("heap_after_transfers"), ""));
        table.row(List.of(
                "process",
                "",
                mb("own_bytes_before_transfers"),
                mb("own_bytes_after_transfers"),
                mb("peak_bytes_transfers")));
        return table.toString();
    }

    private String weights() {
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

    private boolean all(String rows, String key, double bound) {
        for (JsonNode row : result.path(rows)) if (row.path(key).asDouble() >= bound) return false;
        return true;
    }

    private static String met(boolean met) {
        return met ? "met" : "not met";
    }

    private static String ms(JsonNode row, String key) {
        return Seconds.milliseconds(row.path(key).asDouble());
    }

    private String mb(String key) {
        JsonNode bytes = result.path("memory").path(key);
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
