package io.lorahub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** What writing a mix takes, for people. */
record ExportBenchReport(JsonNode rows) {

    String text() {
        TextTable table = new TextTable(
                "MB",
                "seconds",
                "rank",
                "error",
                "weights file, mapped",
                "estimated own",
                "own, peak",
                "all, peak",
                "Java's heap",
                "within file + heap + 1.5 GB");
        for (JsonNode row : rows) {
            JsonNode memory = row.path("memory");
            table.row(List.of(
                    row.path("shape").asText() + " " + row.path("kind").asText(),
                    String.format(Locale.ROOT, "%.1f", row.path("seconds").asDouble()),
                    row.path("rank").asText(),
                    String.format(
                            Locale.ROOT, "%.2g", row.path("relative_error").asDouble()),
                    mb(row.path("weights_file_bytes")),
                    mb(row.path("estimated_own_bytes")),
                    mb(memory.path("peak_anonymous_bytes")),
                    mb(memory.path("peak_bytes")),
                    mb(memory.path("heap_bytes")),
                    memory.path("within_bound").asText()));
        }
        return "A mix of all candidates is written in a process with a server's options.%n%s".formatted(table);
    }

    private static String mb(JsonNode bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes.asDouble() / 1e6);
    }
}
