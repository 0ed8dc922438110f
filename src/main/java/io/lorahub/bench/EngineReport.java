package io.lorahub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** The engine's measurements for people. */
record EngineReport(JsonNode rows, int threads) {

    String text() {
        TextTable times = new TextTable(
                "ms per evaluation",
                "bare forward",
                "exact",
                "/bare",
                "factor",
                "/bare",
                "gradient",
                "/bare",
                "16-256 padded",
                "packed",
                "gain");
        TextTable memory = new TextTable(
                "MB",
                "weights file",
                "adapter files",
                "loaded: own",
                "mapped",
                "evaluated: own",
                "mapped",
                "peak",
                "within file + 1 GB",
                "gradients: own",
                "mapped",
                "peak",
                "within");
        for (JsonNode row : rows) {
            String name = row.path("shape").asText() + " " + row.path("dtype").asText();
            times.row(List.of(
                    name,
                    ms(row, "bare"),
                    ms(row, "exact"),
                    ratio(row.path("exact").path("to_bare")),
                    ms(row, "factor"),
                    ratio(row.path("factor").path("to_bare")),
                    ms(row, "gradient"),
                    ratio(row.path("gradient").path("to_bare")),
                    ms(row, "unequal_padded"),
                    ms(row, "unequal_packed"),
                    ratio(row.path("packing_gain"))));
            JsonNode m = row.path("memory");
            if (m.isObject()) {
                memory.row(List.of(
                        name,
                        mb(row.path("weights_file_bytes")),
                        mb(m.path("adapter_file_bytes")),
                        mb(m, "loaded", "anonymous_bytes"),
                        mb(m, "loaded", "file_bytes"),
                        mb(m, "evaluated", "anonymous_bytes"),
                        mb(m, "evaluated", "file_bytes"),
                        mb(m, "evaluated", "peak_bytes"),
                        m.path("within_bound").asText(),
                        mb(m, "with_gradients", "anonymous_bytes"),
                        mb(m, "with_gradients", "file_bytes"),
                        mb(m, "with_gradients", "peak_bytes"),
                        m.path("within_bound_with_gradients").asText()));
            }
        }
        return "5 examples of 128 input and 32 output tokens, %d threads; medians.%n%s%n%s"
                .formatted(threads, times, memory);
    }

    private static String ms(JsonNode row, String what) {
        return Seconds.milliseconds(row.path(what).path("seconds").asDouble());
    }

    private static String ratio(JsonNode value) {
        return String.format(Locale.ROOT, "%.2f", value.asDouble());
    }

    private static String mb(JsonNode memory, String when, String what) {
        return mb(memory.path(when).path(what));
    }

    private static String mb(JsonNode bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes.asDouble() / 1e6);
    }
}
