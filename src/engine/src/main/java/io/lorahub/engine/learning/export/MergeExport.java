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
import io.lorahub.engine.lora.merge.FactorMerge;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.MergeCheck;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.lora.merge.OperatorMerge;
import io.lorahub.engine.lora.merge.SpooledModules;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LowRank;
import io.lorahub.engine.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

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
     * @param kept     modules that one of them replaces
     */
    public static void requirePossible(List<LoraAdapter> adapters, KeptModules kept, ExportOptions options) {
        if (options.fused()) FusedModel.requirePossible(adapters, kept);
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
        List<WeightedAdapter> parts = session.parts(weights);
        requirePossible(parts.stream().map(WeightedAdapter::adapter).toList(), session.kept(weights), options);
        LoraModules merged = merged(session, parts, options.operator());
        if (merged.isEmpty() || parts.stream().allMatch(p -> p.weight() == 0)) {
            throw new EngineException(
                    "All weights are 0, so the mix is the base model and there is no adapter to write. Use the base model, another weight or, in a search, a larger budget.");
        }
        session.model().giveBackMemory();
        ExportReport[] report = new ExportReport[1];
        try (LowRank lowRank = new LowRank(merged)) {
            int full = lowRank.fullRank();
            int rank = options.rank(lowRank, parts, full);
            AtomicFolder.write(folder, options.overwrite(), part -> {
                report[0] = writeAdapter(session, weights, examples, options, lowRank, rank, part);
                if (options.compact() && rank < full && !report[0].comparison().isEquivalent()) {
                    PathUtils.cleanDirectory(part);
                    report[0] = writeAdapter(session, weights, examples, options, lowRank, full, part);
                }
                if (options.operator().method() != MergeMethod.CAT) {
                    String readme =
                            MergeReadme.of(parts, options.operator(), report[0].rank(), WrittenBase.name(session));
                    Files.writeString(part.resolve(MergeReadme.FILE), readme);
                }
                Files.writeString(
                        part.resolve("recipe.json"), recipe.apply(report[0]).toPrettyString() + "\n");
            });
        }
        if (!options.fused()) return report[0];
        return report[0].withFusedError(FusedModel.writeBeside(session, weights, options.operator(), folder));
    }

    private static ExportReport writeAdapter(
            LearningSession session,
            double[] weights,
            List<Example> examples,
            ExportOptions options,
            LowRank lowRank,
            int rank,
            Path folder)
            throws IOException {
        int full = lowRank.fullRank();
        boolean lossless = rank == full;
        LoraModules cut = lossless && !lowRank.canShrink() ? lowRank.modules() : lowRank.at(rank);
        ExportReport written;
        if (options.operator().isSum()) {
            written = writeAdapter(session, weights, examples, options, cut, lossless, folder);
        } else { // computed once, and read again and again
            try (SpooledModules spooled = SpooledModules.of(cut, folder.getParent())) {
                written = writeAdapter(session, weights, examples, options, spooled.modules(), lossless, folder);
            }
        }
        return written.compressedFrom(full, lossless ? 0 : lowRank.error(rank));
    }

    /** Writes the modules, reads them back and compares them with the mix. */
    private static ExportReport writeAdapter(
            LearningSession session,
            double[] weights,
            List<Example> examples,
            ExportOptions options,
            LoraModules modules,
            boolean lossless,
            Path folder) {
        AdapterWriter.write(
                folder,
                WrittenBase.name(session),
                modules,
                session.kept(weights),
                Map.of(),
                WrittenBase.options(session));
        try (LoraAdapter reloaded = LoraAdapter.load("merged", folder)) {
            boolean factor = session.composition() == ComposedWeights.FACTOR;
            if (!options.operator().isSum()) new MergeCheck(modules).require(reloaded);
            else if (lossless) new MergeCheck(session.parts(weights), factor).require(reloaded);
            session.adapters().forEach(LoraAdapter::release);
            return compared(session, weights, examples, options.operator(), modules, reloaded, lossless);
        }
    }

    /**
     * Returns the relative error of compression to each rank from 1 up to the lossless one, whose error is 0. Empty if
     * all weights are 0.
     */
    public static double[] errors(LearningSession session, double[] weights) {
        LoraModules merged = merged(session, session.parts(weights), MergeOperator.CAT);
        try (LowRank lowRank = new LowRank(merged)) {
            return IntStream.rangeClosed(1, lowRank.fullRank())
                    .mapToDouble(lowRank::error)
                    .toArray();
        } finally {
            session.adapters().forEach(LoraAdapter::release);
        }
    }

    /** Returns the same of an adapter that was written. */
    public static double[] errors(Path folder) {
        try (LoraAdapter written = LoraAdapter.load("written", folder);
                LowRank lowRank = new LowRank(LoraModules.of(written.modules()))) {
            return IntStream.rangeClosed(1, lowRank.fullRank())
                    .mapToDouble(lowRank::error)
                    .toArray();
        }
    }

    /** Rejects a folder that contains any other file, regardless of the options. */
    private static void requireOurs(Path folder) {
        if (!Files.isDirectory(folder)) return;
        try (Stream<Path> children = Files.list(folder)) {
            boolean readme = MergeReadme.wrote(folder.resolve(MergeReadme.FILE));
            children.map(child -> child.getFileName().toString())
                    .filter(name -> !WRITTEN.contains(name) && !(readme && name.equals(MergeReadme.FILE)))
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

    private static LoraModules merged(LearningSession session, List<WeightedAdapter> parts, MergeOperator operator) {
        boolean factor = session.composition() == ComposedWeights.FACTOR;
        if (factor && operator.method() != MergeMethod.CAT) {
            throw new EngineException(
                    "The composition factor is a method of its own; use the exact composition with the method %s."
                            .formatted(operator.method()));
        }
        boolean nothing = parts.stream().allMatch(p -> p.weight() == 0);
        return releasing(session, factor && !nothing ? FactorMerge.of(parts) : OperatorMerge.of(parts, operator));
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

    /** Methods other than sums are computed from the written modules on both sides. */
    private static ExportReport compared(
            LearningSession session,
            double[] weights,
            List<Example> examples,
            MergeOperator operator,
            LoraModules written,
            LoraAdapter reloaded,
            boolean lossless) {
        ExampleSet set = session.encode(
                examples.isEmpty() ? PROBES : examples.subList(0, Math.min(examples.size(), MAX_COMPARED)));
        if (operator.isSum()) {
            try (Scorer mix = session.scorer(set)) {
                return compared(session, mix, weights, set, reloaded, session.kept(weights), lossless);
            }
        }
        LoraAdapter memory = new LoraAdapter(
                "merged", reloaded.path(), reloaded.config(), written.all(), List.of(), Optional.empty());
        AdapterBank factors = session.model().bank(List.of(memory), ComposedWeights.EXACT);
        try (AdapterBank bank = session.model().replacing(factors, session.kept(weights), 0);
                Scorer mix = new Scorer(session, bank, set)) {
            return compared(session, mix, new double[] {1}, set, reloaded, session.kept(weights), true);
        }
    }

    /**
     * @param kept modules that the mix replaces
     * @param same whether file and mix should differ only by rounding
     */
    private static ExportReport compared(
            LearningSession session,
            Scorer mix,
            double[] weights,
            ExampleSet set,
            LoraAdapter reloaded,
            KeptModules kept,
            boolean same) {
        // one after the other: what the mix needed is given back before the file is read
        reloaded.release();
        List<LearningOutcome> memory = mix.outcomes(weights, true);
        session.model().giveBackMemory();
        try (AdapterBank bank = session.model().bankInPlace(reloaded, kept.in(reloaded));
                Scorer other = new Scorer(session, bank, set)) {
            List<LearningOutcome> file = other.outcomes(new double[] {1}, true);
            int equal = (int) IntStream.range(0, memory.size())
                    .filter(i -> memory.get(i).prediction().equals(file.get(i).prediction()))
                    .count();
            double difference = Math.abs(mean(memory) - mean(file));
            boolean sameArithmetic = same && session.model().precision() == Precision.FLOAT32;
            if (sameArithmetic && difference > TOLERANCE * Math.max(1, mean(memory))) {
                throw new EngineException(
                        "The written adapter doesn't compute the same as the composition (the loss differs by %.2g); it was deleted."
                                .formatted(difference));
            }
            int rank = LoraModules.of(reloaded.modules()).rank();
            return new ExportReport(
                    rank,
                    rank,
                    0,
                    new ExportReport.Comparison(memory.size(), equal, mean(memory), difference),
                    OptionalDouble.empty());
        } finally {
            session.model().giveBackMemory();
        }
    }

    private static double mean(List<LearningOutcome> outcomes) {
        return outcomes.stream().mapToDouble(LearningOutcome::loss).average().orElseThrow();
    }
}
