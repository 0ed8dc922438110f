package io.lorahub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** The comparison with the published program for people. */
record ReferenceReport(JsonNode rows, int threads) {

    String text() {
        TextTable evaluations = new TextTable(
                "ms per evaluation",
                "published",
                "its bare forward",
                "LoraHub, same factors",
                "faster",
                "LoraHub, exact",
                "faster",
                "several at once",
                "faster",
                "published float32",
                "faster",
                "objectives differ by",
                "agree");
        TextTable runs = new TextTable("s", "published", "LoraHub", "faster", "how");
        boolean anyEvaluation = false;
        boolean anyRun = false;
        for (JsonNode row : rows) {
            if (row.has("exact_seconds")) {
                anyEvaluation = true;
                evaluations.row(evaluation(row));
            } else {
                anyRun = true;
                runs.row(run(row));
            }
        }
        String head = "%s; medians of runs in turn.%n"
                .formatted(
                        threads == 0
                                ? "Each with as many threads as it takes by itself"
                                : threads + " threads in both");
        return head + (anyEvaluation ? "\n" + evaluations : "") + (anyRun ? "\n" + runs : "");
    }

    private static List<String> evaluation(JsonNode row) {
        return List.of(
                row.path("row").asText(),
                ms(row, "published_seconds"),
                ms(row, "published_bare_seconds"),
                ms(row, "seconds"),
                ratio(row, "faster"),
                ms(row, "exact_seconds"),
                ratio(row, "exact_faster"),
                ms(row, "together_seconds"),
                ratio(row, "together_faster"),
                ms(row, "published_float32_seconds"),
                ratio(row, "faster_than_float32"),
                String.format(
                        Locale.ROOT, "%.1e", row.path("objective_difference").asDouble()),
                row.path("objectives_agree").asBoolean() ? "yes" : "NO");
    }

    private static List<String> run(JsonNode row) {
        String how = row.has("command")
                ? row.path("command").asText()
                : String.format(
                        Locale.ROOT,
                        "%s to loss %.3f: %s after %d evaluations of %s",
                        row.path("task").asText(),
                        row.path("published_loss").asDouble(),
                        row.path("goal_reached").asBoolean() ? "reached" : "NOT reached",
                        row.path("evaluations").asInt(),
                        row.path("strategy").asText());
        return List.of(
                row.path("row").asText(),
                String.format(Locale.ROOT, "%.3f", row.path("published_seconds").asDouble()),
                String.format(Locale.ROOT, "%.3f", row.path("seconds").asDouble()),
                ratio(row, "faster"),
                how);
    }

    private static String ms(JsonNode row, String key) {
        return row.has(key) ? Seconds.milliseconds(row.path(key).asDouble()) : "";
    }

    private static String ratio(JsonNode row, String key) {
        return row.has(key) ? String.format(Locale.ROOT, "%.2f ×", row.path(key).asDouble()) : "";
    }
}
