package io.lorahub.bench.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.Precision;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures speed and memory of the engine. */
@Command(
        name = "engine",
        description = {
            "Measures milliseconds per evaluation and memory, on the demo base and on random weights of the shapes"
                    + " of Flan-T5, SmolLM2, Llama 3.2 and Qwen 2.5.",
            ""
        })
public final class EngineBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--shapes",
            split = ",",
            paramLabel = "SHAPE",
            description =
                    "Any of demo, small, base, large, llama-tiny, smollm2-135m, llama-3.2-1b, qwen2.5-1.5b. Default:"
                            + " demo,small. Those after large are decoder-only, and also measured with a common system text.")
    private List<String> shapes;

    @Option(
            names = "--dtypes",
            split = ",",
            paramLabel = "TYPE",
            description = "Number types to compute in; the demo base uses only float32. Default: float32,bfloat16, and"
                    + " float32 with --export.")
    private List<Precision> dtypes;

    @Option(
            names = "--rank",
            paramLabel = "N",
            defaultValue = "16",
            description = "Rank of the 20 candidates of a random model. Default: ${DEFAULT-VALUE}.")
    private int rank;

    @Option(
            names = "--all-linear",
            description =
                    "The candidates of a random model change all linear modules. Default: only queries and values.")
    private boolean allLinear;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description =
                    "Repetitions of each measurement; 0 measures memory only, with one evaluation and one gradient."
                            + " Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of threads. Default: one per core.")
    private int threads;

    @Option(
            names = "--export",
            description = "Measure time and memory of writing a mix of all candidates instead, in a process with a"
                    + " server's options. Default shape: large.")
    private boolean export;

    @Option(
            names = "--kinds",
            split = ",",
            paramLabel = "KIND",
            defaultValue = "lossless,rank16,fused",
            description = "What --export writes: lossless, rank16, fused. Default: ${DEFAULT-VALUE}.")
    private List<ExportMeasurement.Kind> kinds;

    @Option(names = "--clean", description = "Delete the random models at the end.")
    private boolean clean;

    @Override
    public Integer call() {
        if (rank < 1 || rounds < 0 || threads < 0) {
            throw output.wrong("--rank must be at least 1, and --rounds and --threads not negative.");
        }
        ArrayNode rows = BenchOutput.JSON.createArrayNode();
        try {
            for (String shape : shapes()) {
                BenchSubject subject = BenchSubject.prepare(shape, allLinear, rank, output);
                for (Precision dtype : dtypes()) {
                    if (dtype != Precision.FLOAT32 && shape.equals(BenchSubject.DEMO)) continue;
                    if (export) exports(subject, dtype, rows);
                    else rows.add(measured(subject, dtype));
                }
            }
        } finally {
            if (clean) {
                RandomModel.deleteAll();
            }
        }
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        if (export) {
            result.set("exports", rows);
            output.print(result, exportText(rows));
            return 0;
        }
        result.put("threads", threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        result.set("shapes", rows);
        output.print(result, text(rows, result.path("threads").asInt()));
        return 0;
    }

    private List<String> shapes() {
        if (shapes != null) return shapes;
        return export ? List.of("large") : List.of("demo", "small");
    }

    private List<Precision> dtypes() {
        if (dtypes != null) return dtypes;
        return export ? List.of(Precision.FLOAT32) : List.of(Precision.FLOAT32, Precision.BFLOAT16);
    }

    private void exports(BenchSubject subject, Precision dtype, ArrayNode rows) {
        for (ExportMeasurement.Kind kind : kinds) {
            output.say("Writing a mix of %s in %s, %s".formatted(subject.name(), dtype, kind.word()));
            rows.add(json(new ExportMeasurement(subject, kind, dtype).inProcess()));
        }
    }

    private JsonNode measured(BenchSubject subject, Precision dtype) {
        output.say("Measuring %s in %s".formatted(subject.name(), dtype));
        return json(new EngineMeasurement(subject, dtype, threads, rounds).inProcess());
    }

    private static JsonNode json(String printed) {
        try {
            return BenchOutput.JSON.readTree(printed);
        } catch (JsonProcessingException e) {
            throw new EngineException("The measuring process didn't print JSON: %s".formatted(printed), e);
        }
    }

    private static String exportText(JsonNode rows) {
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
                    "%s %s %s"
                            .formatted(
                                    row.path("shape").asText(),
                                    row.path("dtype").asText(),
                                    row.path("kind").asText()),
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

    private static String text(JsonNode rows, int threads) {
        TextTable times = new TextTable(
                "ms per evaluation",
                "bare forward",
                "exact",
                "/bare",
                "factor",
                "/bare",
                "gradient",
                "/bare",
                "of each example",
                "/bare",
                "16-256 padded",
                "packed",
                "gain",
                "system text apart",
                "shared",
                "gain");
        TextTable memory = new TextTable(
                "MB",
                "weights file",
                "adapter files",
                "estimated own",
                "own, peak",
                "loaded: own",
                "mapped",
                "stacked: own",
                "evaluated: own",
                "mapped",
                "peak",
                "within file + 1 (T5) or 1.5 GB",
                "gradients: own",
                "mapped",
                "peak",
                "within");
        for (JsonNode row : rows) {
            String name = row.path("shape").asText() + " " + row.path("dtype").asText();
            if (row.has("exact")) times.row(times(name, row));
            JsonNode m = row.path("memory");
            if (m.has("with_gradients")) {
                memory.row(List.of(
                        name,
                        mb(row.path("weights_file_bytes")),
                        mb(m.path("adapter_file_bytes")),
                        mb(m.path("estimated_own_bytes")),
                        mb(m, "with_gradients", "peak_anonymous_bytes"),
                        mb(m, "loaded", "anonymous_bytes"),
                        mb(m, "loaded", "file_bytes"),
                        mb(m, "stacked", "anonymous_bytes"),
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
        if (!rows.has(0) || !rows.path(0).has("exact")) return memory.toString(); // --rounds 0
        return ("5 examples of 128 input and 32 output tokens, %d threads; medians. System text: 64 more tokens before"
                        + " each input, different ones or the same, which are computed once (decoder-only models).%n%s%n%s")
                .formatted(threads, times, memory);
    }

    private static List<String> times(String name, JsonNode row) {
        return List.of(
                name,
                ms(row, "bare"),
                ms(row, "exact"),
                ratio(row.path("exact").path("to_bare")),
                ms(row, "factor"),
                ratio(row.path("factor").path("to_bare")),
                ms(row, "gradient"),
                ratio(row.path("gradient").path("to_bare")),
                ms(row, "example_gradients"),
                ratio(row.path("example_gradients").path("to_bare")),
                ms(row, "unequal_padded"),
                ms(row, "unequal_packed"),
                ratio(row.path("packing_gain")),
                row.has("sharing_gain") ? ms(row, "system_apart") : "",
                row.has("sharing_gain") ? ms(row, "system_shared") : "",
                row.has("sharing_gain") ? ratio(row.path("sharing_gain")) : "");
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
