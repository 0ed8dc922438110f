package io.lorahub.engine.learning;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.Adapter;
import io.lorahub.engine.lora.AdapterWriter;
import io.lorahub.engine.lora.AtomicFolder;
import io.lorahub.engine.lora.ExactMerge;
import io.lorahub.engine.lora.FactorMerge;
import io.lorahub.engine.lora.LoraModule;
import io.lorahub.engine.lora.WeightedAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.Composition;
import io.lorahub.engine.model.LowRank;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.T5Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes a composition as one adapter that PEFT loads, and reads it back before it says done. */
public final class MergeExport {

    /** Compared where the caller has no examples; any text serves to see whether two models are the same. */
    private static final List<Example> PROBES = List.of(
            new Example("one small step", "one small step"),
            new Example("Is this the same model?", "yes"),
            new Example("1234 abc", "abc 1234"));

    private static final Set<String> WRITTEN =
            Set.of("adapter_config.json", "adapter_model.safetensors", "recipe.json", "fused");

    /** Float32 sums in another order differ by this much at most. */
    private static final double TOLERANCE = 1e-3;

    private MergeExport() {}

    /**
     * Writes a PEFT folder with recipe.json beside the adapter; all of it or, after an error, nothing.
     *
     * @param examples to compare predictions on; may be empty
     * @param recipe   made from what is reported
     */
    public static ExportReport write(
            Session session,
            double[] weights,
            List<Example> examples,
            ExportOptions options,
            Function<ExportReport, ObjectNode> recipe,
            Path folder) {
        requireOurs(folder);
        SortedMap<String, LoraModule> merged = merged(session, weights);
        if (merged.isEmpty()) {
            throw new EngineException("All weights are 0, so there is no adapter to write: the mix is the base model.");
        }
        int lossless = rank(merged);
        SortedMap<String, LoraModule> modules = merged;
        double error = 0;
        if (options.rank().isPresent() || options.maxError().isPresent()) {
            try (LowRank lowRank = new LowRank(merged)) {
                int rank = options.rank()
                        .orElseGet(() -> lowRank.rankWithin(options.maxError().getAsDouble()));
                if (rank < lossless) {
                    modules = lowRank.at(rank);
                    error = lowRank.error(rank);
                }
            }
        }
        SortedMap<String, LoraModule> written = modules;
        double dropped = error;
        ExportReport[] report = new ExportReport[1];
        AtomicFolder.write(folder, options.overwrite(), part -> {
            AdapterWriter.write(part, baseName(session), written, Map.of(), writerOptions(session));
            report[0] = compared(session, weights, examples.isEmpty() ? PROBES : examples, part, lossless, dropped);
            writeMore(session, weights, options, recipe.apply(report[0]), part);
        });
        return report[0];
    }

    /** Writes the base model with the mix added to its weights into a folder that is there. */
    public static void fuse(Session session, double[] weights, Path folder) throws IOException {
        FusedModel.write(session, weights, folder);
    }

    /**
     * What compressing costs: the relative error of each rank from 1 up to the lossless one, whose error is 0. Empty where
     * all weights are 0.
     */
    public static double[] errors(Session session, double[] weights) {
        SortedMap<String, LoraModule> merged = merged(session, weights);
        if (merged.isEmpty()) return new double[0];
        try (LowRank lowRank = new LowRank(merged)) {
            return IntStream.rangeClosed(1, rank(merged))
                    .mapToDouble(lowRank::error)
                    .toArray();
        }
    }

    /** A folder with anything else in it is not ours to replace, whatever the options say. */
    private static void requireOurs(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> children = Files.list(folder)) {
            children.map(child -> child.getFileName().toString())
                    .filter(name -> !WRITTEN.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new EngineException(
                                "The folder %s holds %s, which no merge has written; name another folder."
                                        .formatted(folder, EngineException.quoted(name)));
                    });
        } catch (IOException e) {
            throw new EngineException(
                    "The folder %s cannot be read: %s.".formatted(folder, EngineException.reason(e)), e);
        }
    }

    private static void writeMore(
            Session session, double[] weights, ExportOptions options, ObjectNode recipe, Path part) throws IOException {
        Files.writeString(part.resolve("recipe.json"), recipe.toPrettyString() + "\n");
        if (options.fused()) {
            FusedModel.write(session, weights, Files.createDirectory(part.resolve("fused")));
        }
    }

    private static SortedMap<String, LoraModule> merged(Session session, double[] weights) {
        List<WeightedAdapter> parts = IntStream.range(0, weights.length)
                .mapToObj(i -> new WeightedAdapter(session.adapters().get(i), weights[i]))
                .toList();
        boolean nothing = parts.stream().allMatch(p -> p.weight() == 0);
        return session.composition() == Composition.FACTOR && !nothing ? FactorMerge.of(parts) : ExactMerge.of(parts);
    }

    private static int rank(SortedMap<String, LoraModule> modules) {
        return modules.values().stream().mapToInt(LoraModule::rank).max().orElseThrow();
    }

    /** What the adapters call their base model, where they agree. */
    private static String baseName(Session session) {
        List<String> names = session.adapters().stream()
                .flatMap(a -> a.config().baseModel().stream())
                .distinct()
                .toList();
        return names.size() == 1 ? names.get(0) : session.base().folder().toString();
    }

    private static AdapterWriter.Options writerOptions(Session session) {
        List<String> modules = T5Layout.shapes(session.base().config()).keySet().stream()
                .map(name -> name.substring(0, name.length() - ".weight".length()))
                .toList();
        return new AdapterWriter.Options(true, modules, Map.of());
    }

    private static ExportReport compared(
            Session session, double[] weights, List<Example> examples, Path part, int lossless, double error) {
        ExampleSet set = session.encode(examples);
        try (Adapter reloaded = Adapter.load("merged", part);
                AdapterBank bank = session.model().bank(List.of(reloaded), Composition.EXACT);
                Scorer own = session.scorer(set);
                Scorer other = new Scorer(session, bank, set)) {
            List<Outcome> memory = own.outcomes(weights, true);
            List<Outcome> file = other.outcomes(new double[] {1}, true);
            int equal = (int) IntStream.range(0, memory.size())
                    .filter(i -> memory.get(i).prediction().equals(file.get(i).prediction()))
                    .count();
            double difference = Math.abs(mean(memory) - mean(file));
            boolean sameArithmetic = error == 0 && session.model().precision() == Precision.FLOAT32;
            if (sameArithmetic && difference > TOLERANCE * Math.max(1, mean(memory))) {
                throw new EngineException(
                        "The written adapter does not do what the composition does (the loss differs by %.2g); nothing was kept."
                                .formatted(difference));
            }
            return new ExportReport(rank(reloaded.modules()), lossless, error, memory.size(), equal, difference);
        }
    }

    private static double mean(List<Outcome> outcomes) {
        return outcomes.stream().mapToDouble(Outcome::loss).average().orElseThrow();
    }
}
