package io.lorahub.engine.learning.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningOutcome;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.AtomicFolder;
import io.lorahub.engine.lora.merge.ExactMerge;
import io.lorahub.engine.lora.merge.FactorMerge;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.MergeCheck;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LowRank;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.family.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes a composition as one adapter that PEFT can load, and verifies it by reading it back. */
public final class MergeExport {

    /** Inputs for the comparison if the caller has no examples; any text shows whether two models are the same. */
    private static final List<Example> PROBES = List.of(
            new Example("one small step", "one small step"),
            new Example("Is this the same model?", "yes"),
            new Example("1234 abc", "abc 1234"));

    private static final Set<String> WRITTEN =
            Set.of("adapter_config.json", "adapter_model.safetensors", "recipe.json", "fused");

    /** Maximum difference between float32 sums in another order. */
    private static final double TOLERANCE = 1e-3;

    private static final int MODULES_IN_MEMORY = 16;

    /** Maximum number of examples on which the written adapter is compared with the mix. */
    private static final int MAX_COMPARED = 200;

    private MergeExport() {}

    /**
     * Checks before a search that the export is possible, as far as this can be known. Throws EngineException if not.
     *
     * @param adapters adapters that may get a weight
     */
    public static void requirePossible(List<LoraAdapter> adapters, ExportOptions options) {
        if (!options.fused()) return;
        adapters.stream()
                .filter(a ->
                        a.modules().values().stream().anyMatch(m -> m.bias().isPresent()))
                .findFirst()
                .ifPresent(a -> {
                    throw new EngineException(
                            "The adapter %s adds a bias (lora_bias), which model files have no place for, so no full model can be written. Leave out the adapter or the full model."
                                    .formatted(a.name()));
                });
    }

    /**
     * Writes a PEFT folder that contains the adapter and recipe.json. An error leaves no partial folder. A requested
     * full model is written last, and the adapter is kept if that fails. Only a few modules are in memory at a time.
     *
     * @param examples examples to compare predictions on; may be empty
     * @param recipe   creates the recipe from the report
     */
    public static ExportReport write(
            LearningSession session,
            double[] weights,
            List<Example> examples,
            ExportOptions options,
            Function<ExportReport, ObjectNode> recipe,
            Path folder) {
        requireOurs(folder);
        List<WeightedAdapter> parts = parts(session, weights);
        requirePossible(parts.stream().map(WeightedAdapter::adapter).toList(), options);
        LoraModules merged = merged(session, parts);
        if (merged.isEmpty()) {
            throw new EngineException("All weights are 0, so there is no adapter to write: the mix is the base model.");
        }
        session.model().giveBackMemory();
        ExportReport[] report = new ExportReport[1];
        try (LowRank lowRank = new LowRank(merged)) {
            int rank = wanted(options, lowRank, merged.rank());
            boolean lossless = rank == merged.rank();
            LoraModules written = lossless ? merged : lowRank.at(rank);
            AtomicFolder.write(folder, options.overwrite(), part -> {
                AdapterWriter.write(part, baseName(session), written, Map.of(), writerOptions(session));
                double error = lossless ? 0 : lowRank.error(rank);
                try (LoraAdapter reloaded = LoraAdapter.load("merged", part)) {
                    if (lossless) new MergeCheck(parts, isFactor(session, merged)).require(reloaded);
                    session.adapters().forEach(LoraAdapter::release);
                    report[0] = compared(session, weights, examples, reloaded, merged.rank(), error);
                }
                Files.writeString(
                        part.resolve("recipe.json"), recipe.apply(report[0]).toPrettyString() + "\n");
            });
        }
        return options.fused() ? report[0].withFusedError(fused(session, weights, folder)) : report[0];
    }

    private static int wanted(ExportOptions options, LowRank lowRank, int lossless) {
        if (options.rank().isPresent()) return Math.min(lossless, options.rank().getAsInt());
        return options.maxError().isPresent()
                ? Math.min(lossless, lowRank.rankWithin(options.maxError().getAsDouble()))
                : lossless;
    }

    private static double fused(LearningSession session, double[] weights, Path folder) {
        double[] error = new double[1];
        try {
            AtomicFolder.write(folder.resolve("fused"), false, part -> error[0] = fuse(session, weights, part));
        } catch (EngineException e) {
            throw new EngineException(
                    "The adapter is written, but not the full model beside it. %s".formatted(e.getMessage()), e);
        }
        return error[0];
    }

    /**
     * Writes the base model with the mix added to its weights to an existing folder.
     *
     * @return the part of the change lost by rounding to the base model's type, relative to the norm of the change; 0
     *     for float32
     */
    public static double fuse(LearningSession session, double[] weights, Path folder) throws IOException {
        return FusedModel.write(session, weights, folder);
    }

    /**
     * Returns the relative error of compression to each rank from 1 up to the lossless one, whose error is 0. Empty if
     * all weights are 0.
     */
    public static double[] errors(LearningSession session, double[] weights) {
        LoraModules merged = merged(session, parts(session, weights));
        try (LowRank lowRank = new LowRank(merged)) {
            return IntStream.rangeClosed(1, merged.rank())
                    .mapToDouble(lowRank::error)
                    .toArray();
        } finally {
            session.adapters().forEach(LoraAdapter::release);
        }
    }

    /** Rejects a folder that contains any other file, regardless of the options. */
    private static void requireOurs(Path folder) {
        if (!Files.isDirectory(folder)) return;
        try (Stream<Path> children = Files.list(folder)) {
            children.map(child -> child.getFileName().toString())
                    .filter(name -> !WRITTEN.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new EngineException(
                                "The folder %s contains %s, which no merge has written; choose another folder."
                                        .formatted(folder, EngineException.quoted(name)));
                    });
        } catch (IOException e) {
            throw new EngineException(
                    "The folder %s cannot be read: %s.".formatted(folder, EngineException.reason(e)), e);
        }
    }

    private static List<WeightedAdapter> parts(LearningSession session, double[] weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> new WeightedAdapter(session.adapters().get(i), weights[i]))
                .toList();
    }

    private static LoraModules merged(LearningSession session, List<WeightedAdapter> parts) {
        boolean nothing = parts.stream().allMatch(p -> p.weight() == 0);
        return releasing(
                session,
                session.composition() == ComposedWeights.FACTOR && !nothing
                        ? FactorMerge.of(parts)
                        : ExactMerge.of(parts));
    }

    /** Releases the memory of the candidates' files every few modules instead of after the last one. */
    private static LoraModules releasing(LearningSession session, LoraModules modules) {
        AtomicInteger count = new AtomicInteger();
        return new LoraModules(modules.shapes(), name -> {
            if (count.incrementAndGet() % MODULES_IN_MEMORY == 0) {
                session.adapters().forEach(LoraAdapter::release);
            }
            return modules.get(name);
        });
    }

    private static boolean isFactor(LearningSession session, LoraModules merged) {
        return session.composition() == ComposedWeights.FACTOR && !merged.isEmpty();
    }

    /**
     * Returns the most frequent base model name among the adapters. Adapters may name the same model differently, for
     * example by the folder used for training. The local folder here would be meaningless on another machine.
     */
    private static String baseName(LearningSession session) {
        return mostFrequent(names(session.adapters()))
                .orElseGet(() -> session.base().folder().toString());
    }

    private static Stream<String> names(List<LoraAdapter> adapters) {
        return adapters.stream().flatMap(a -> a.config().baseModel().stream());
    }

    /** Returns the revision used by adapters with this base model name; empty for the default revision. */
    private static Optional<String> revision(LearningSession session, String baseName) {
        List<LoraAdapter> same = session.adapters().stream()
                .filter(a -> a.config().baseModel().filter(baseName::equals).isPresent())
                .toList();
        return mostFrequent(same.stream().map(a -> BaseModelName.revision(List.of(a))))
                .filter(revision -> !revision.equals(BaseModelName.MAIN));
    }

    /** Returns the most frequent name; the first one on a tie. */
    private static Optional<String> mostFrequent(Stream<String> names) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        names.forEach(name -> counts.merge(name, 1, Integer::sum));
        return counts.keySet().stream().reduce((a, b) -> counts.get(b) > counts.get(a) ? b : a);
    }

    private static AdapterWriter.Options writerOptions(LearningSession session) {
        ModelConfig config = session.base().config();
        Set<String> modules = new TreeSet<>(config.modules().keySet());
        modules.addAll(config.tables());
        boolean transposed = session.bank().modules().stream().allMatch(config::isTransposed);
        return new AdapterWriter.Options(
                true,
                modules,
                Map.of(),
                revision(session, baseName(session)),
                config.architecture().taskType(),
                transposed);
    }

    private static ExportReport compared(
            LearningSession session,
            double[] weights,
            List<Example> examples,
            LoraAdapter reloaded,
            int lossless,
            double error) {
        ExampleSet set = session.encode(
                examples.isEmpty() ? PROBES : examples.subList(0, Math.min(examples.size(), MAX_COMPARED)));
        try (AdapterBank bank = session.model().bankInPlace(reloaded);
                Scorer own = session.scorer(set);
                Scorer other = new Scorer(session, bank, set)) {
            List<LearningOutcome> memory = own.outcomes(weights, true);
            List<LearningOutcome> file = other.outcomes(new double[] {1}, true);
            int equal = (int) IntStream.range(0, memory.size())
                    .filter(i -> memory.get(i).prediction().equals(file.get(i).prediction()))
                    .count();
            double difference = Math.abs(mean(memory) - mean(file));
            boolean sameArithmetic = error == 0 && session.model().precision() == Precision.FLOAT32;
            if (sameArithmetic && difference > TOLERANCE * Math.max(1, mean(memory))) {
                throw new EngineException(
                        "The written adapter doesn't compute the same as the composition (the loss differs by %.2g); it was deleted."
                                .formatted(difference));
            }
            int rank = LoraModules.of(reloaded.modules()).rank();
            return new ExportReport(rank, lossless, error, memory.size(), equal, difference, OptionalDouble.empty());
        }
    }

    private static double mean(List<LearningOutcome> outcomes) {
        return outcomes.stream().mapToDouble(LearningOutcome::loss).average().orElseThrow();
    }
}
