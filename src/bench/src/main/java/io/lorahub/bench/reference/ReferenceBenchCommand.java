package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.ModelShape;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the published program and LoraHub beside each other. */
@Command(
        name = "reference",
        description = {
            "Runs the published program (PyPI: lorahub 0.1.0) and LoraHub on the same weights, checks that they"
                    + " agree, and prints how much faster LoraHub is. Needs Python 3; the first run installs about 5 GB"
                    + " from PyPI.",
            ""
        })
public final class ReferenceBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "ROW",
            defaultValue = "demo,small,base,small-bf16,base-bf16,unequal,run,shell",
            description =
                    "What to measure; \"large\" takes minutes more. Decoder-only models, beside transformers and PEFT:"
                            + " smollm2, smollm2-bf16, smollm2-unequal, smollm2-system, llama-bf16, qwen-bf16. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<String> rows;

    @Option(
            names = "--venv",
            paramLabel = "DIR",
            description = "A Python environment with the published program. Default: one of its own in the"
                    + " cache folder.")
    private Path venv;

    @Option(names = "--require", description = "Fail if the published program cannot be run.")
    private boolean require;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Repetitions of each measurement. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of both programs. Default: what each chooses itself.")
    private int threads;

    @Option(
            names = "--launcher",
            paramLabel = "COMMAND",
            split = " ",
            description = "How a shell starts LoraHub, for the row shell. Default: as this process was started.")
    private List<String> launcher;

    @Override
    public Integer call() {
        if (rounds < 1 || threads < 0) {
            throw output.wrong("--rounds must be at least 1 and --threads not negative.");
        }
        List<Row> chosen = rows.stream().map(this::row).toList();
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        result.put("threads", threads);
        ArrayNode measured = result.putArray("rows");
        Optional<String> missing = Optional.empty();
        try (ReferenceContext context = new ReferenceContext(environment(), threads, rounds, launcher, output)) {
            for (Row row : chosen) {
                output.say("Measuring row " + row.word());
                measured.add(row.measure(context).put("row", row.word()));
            }
        } catch (UnavailableException e) {
            if (require) {
                throw new EngineException(e.getMessage(), e);
            }
            missing = Optional.of(e.getMessage());
        }
        missing.ifPresent(why -> result.put("published_program", why));
        output.print(
                result, missing.map(why -> why + " The rows are left out.").orElseGet(() -> text(measured, threads)));
        return 0;
    }

    private Row row(String word) {
        return Row.named(word)
                .orElseThrow(() -> output.wrong(
                        "There is no row \"%s\"; use any of %s.".formatted(word, String.join(", ", Row.words()))));
    }

    private PythonEnvironment environment() {
        return venv == null ? PythonEnvironment.installed(output) : PythonEnvironment.at(venv);
    }

    static String text(JsonNode rows, int threads) {
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

    /** What is compared with the published program. */
    private enum Row {
        DEMO(c -> EvaluationComparison.demo(c).measure()),
        SMALL(c -> equal(c, ModelShape.SMALL, Precision.FLOAT32)),
        BASE(c -> equal(c, ModelShape.BASE, Precision.FLOAT32)),
        LARGE(c -> equal(c, ModelShape.LARGE, Precision.FLOAT32)),
        SMALL_BF16(c -> equal(c, ModelShape.SMALL, Precision.BFLOAT16)),
        BASE_BF16(c -> equal(c, ModelShape.BASE, Precision.BFLOAT16)),
        UNEQUAL(c -> EvaluationComparison.unequalLengths(c, ModelShape.SMALL).measure()),
        SMOLLM2(c -> equal(c, ModelShape.SMOLLM2_135M, Precision.FLOAT32)),
        SMOLLM2_BF16(c -> equal(c, ModelShape.SMOLLM2_135M, Precision.BFLOAT16)),
        SMOLLM2_UNEQUAL(c ->
                EvaluationComparison.unequalLengths(c, ModelShape.SMOLLM2_135M).measure()),
        SMOLLM2_SYSTEM(c ->
                EvaluationComparison.sharedBeginning(c, ModelShape.SMOLLM2_135M).measure()),
        LLAMA_BF16(c -> equal(c, ModelShape.LLAMA_3_2_1B, Precision.BFLOAT16)),
        QWEN_BF16(c -> equal(c, ModelShape.QWEN2_5_1_5B, Precision.BFLOAT16)),
        RUN(c -> new WholeRunComparison(c).measure()),
        SHELL(c -> new ShellComparison(c).measure());

        private final Function<ReferenceContext, ObjectNode> measurement;

        Row(Function<ReferenceContext, ObjectNode> measurement) {
            this.measurement = measurement;
        }

        private static ObjectNode equal(ReferenceContext context, ModelShape shape, Precision precision) {
            return EvaluationComparison.equalLengths(context, shape, precision).measure();
        }

        ObjectNode measure(ReferenceContext context) {
            return measurement.apply(context);
        }

        String word() {
            return EnumNames.of(this);
        }

        static Optional<Row> named(String word) {
            return EnumNames.find(Row.class, word);
        }

        static List<String> words() {
            return EnumNames.all(Row.class);
        }
    }
}
