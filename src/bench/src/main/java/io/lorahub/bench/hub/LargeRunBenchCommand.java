package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.ModelShape;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes a run of real size through a hub and through the command line. */
@Command(
        name = "large-run",
        description = {
            "Takes the published program's setting through a hub with its default settings: a model of the Flan-T5-large"
                    + " shape with random weights, 20 adapters of rank 16 on q and v. Or a decoder-only model with 20"
                    + " adapters of rank 16 on all linear modules. Registers, uploads, composes, watches, exports, downloads"
                    + " and publishes; prints the time and the peak memory of each step, and those of the same composition"
                    + " by `lorahub compose`. Needs 15 GB of disk.",
            ""
        })
public final class LargeRunBenchCommand implements Callable<Integer> {

    /** Beyond the mapped weights. */
    private static final double ALLOWED_BYTES = 1.5e9;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--shape",
            paramLabel = "SHAPE",
            defaultValue = "large",
            description = "One of small, base, large, smollm2-135m, llama-3.2-1b, qwen2.5-1.5b. Default:"
                    + " ${DEFAULT-VALUE}.")
    private String shape;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Keep the adapter that `lorahub compose` wrote, in this folder, to try it elsewhere.")
    private Path kept;

    @Option(
            names = "--budget",
            paramLabel = "N",
            defaultValue = "40",
            description = "Evaluations of the run. Default: ${DEFAULT-VALUE}.")
    private int budget;

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            defaultValue = Strategy.DEFAULT,
            description =
                    "How to search; cma-es leaves no weight at 0, so that the lossless adapter has the rank of all"
                            + " candidates together. Default: ${DEFAULT-VALUE}.")
    private String strategy;

    @Option(
            names = "--rank",
            paramLabel = "K",
            defaultValue = "16",
            description = "Rank of the compressed adapter. Default: ${DEFAULT-VALUE}.")
    private int rank;

    @Mixin
    private HubFolder folder;

    @Option(names = "--clean", description = "Delete the random models at the end.")
    private boolean clean;

    @Override
    public Integer call() {
        if (budget < 1 || budget > 1000 || rank < 1) {
            throw output.wrong("--budget must be from 1 to 1000, --rank at least 1.");
        }
        Strategy.named(strategy);
        try (HubUnderTest hub = folder.open()) {
            ModelShape named = ModelShape.named(shape);
            RandomModel model = RandomModel.of(named, named.isDecoderOnly()).prepare(output);
            ObjectNode result = BenchOutput.JSON.createObjectNode();
            result.put("shape", shape)
                    .put("strategy", strategy)
                    .put("budget", budget)
                    .put("candidates", RandomModel.CANDIDATES)
                    .put("all_linear", model.allLinear());
            long weights = model.weights().toFile().length();
            result.put("weights_file_bytes", weights);
            // the default precision is float32, so the weights of a bfloat16 file are held twice as large
            result.put("converted_weights_bytes", named.isDecoderOnly() ? 2 * weights : 0);
            result.set("steps", new LargeRun(hub, model, output, budget, strategy, rank).walk());
            result.set(
                    "compose",
                    new LargeCompose(model, output, budget, strategy, Optional.ofNullable(kept)).measure(hub.folder()));
            output.print(result, text(result));
            return 0;
        } catch (IllegalArgumentException e) {
            throw output.wrong("There is no shape \"%s\"; use one of %s.".formatted(shape, ModelShape.words()));
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        } finally {
            if (clean) RandomModel.deleteAll();
        }
    }

    static String text(JsonNode result) {
        TextTable table = new TextTable("step", "seconds", "own peak, MB", "with mapped files, MB", "received, MB");
        for (JsonNode step : result.path("steps"))
            table.row(row(step.path("step").asText(), step));
        JsonNode compose = result.path("compose");
        table.row(row("lorahub compose --out", compose));
        double converted = result.path("converted_weights_bytes").asDouble();
        double beyond = compose.path("resident_peak_bytes").asDouble()
                - result.path("weights_file_bytes").asDouble()
                - converted;
        return """
                %s shape, random weights of %s MB, %d candidates of rank 16 on %s, %s with a budget of %d; default settings.

                %s
                lorahub compose needs %s MB beyond the weights file%s. Target, at most %s: %s.
                """.formatted(
                        result.path("shape").asText(),
                        mb(result.path("weights_file_bytes").asDouble()),
                        result.path("candidates").asInt(),
                        result.path("all_linear").asBoolean() ? "all linear modules" : "q and v",
                        result.path("strategy").asText(),
                        result.path("budget").asInt(),
                        table,
                        mb(beyond),
                        converted == 0 ? "" : " and its copy in float32 of %s MB".formatted(mb(converted)),
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
