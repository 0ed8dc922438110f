package io.lorahub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** The walk for people, beside what is wanted of it. */
record LargeRunReport(JsonNode result) {

    /** Beyond the mapped weights. */
    private static final double ALLOWED_BYTES = 1.5e9;

    String text() {
        TextTable table = new TextTable("step", "seconds", "own peak, MB", "with mapped files, MB", "received, MB");
        for (JsonNode step : result.path("steps")) {
            table.row(row(step.path("step").asText(), step));
        }
        JsonNode compose = result.path("compose");
        table.row(row("lorahub compose --out", compose));
        double beyond = compose.path("resident_peak_bytes").asDouble()
                - result.path("weights_file_bytes").asDouble();
        return """
                %s shape, random weights of %s MB, %d candidates of rank 16 on q and v, %s with a budget of %d; default settings.

                %s
                lorahub compose needs %s MB beyond the weights' file. At most %s are wanted: %s.
                """.formatted(
                        result.path("shape").asText(),
                        mb(result.path("weights_file_bytes").asDouble()),
                        result.path("candidates").asInt(),
                        result.path("strategy").asText(),
                        result.path("budget").asInt(),
                        table,
                        mb(beyond),
                        mb(ALLOWED_BYTES),
                        beyond <= ALLOWED_BYTES ? "met" : "not met");
    }

    private static List<String> row(String name, JsonNode step) {
        return List.of(
                name,
                String.format(Locale.ROOT, "%.1f", step.path("seconds").asDouble()),
                mb(step.path("own_peak_bytes").asDouble()),
                mb(step.path("resident_peak_bytes").asDouble()),
                step.has("bytes") ? mb(step.path("bytes").asDouble()) : "");
    }

    private static String mb(double bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes / 1e6);
    }
}
