package io.lorahub.engine.preset;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.LowRankProduct;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.AtomicFolder;
import io.lorahub.engine.lora.merge.ExactMerge;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.UniformModules;
import io.lorahub.engine.model.LowRank;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes an adapter as a program loads it: all modules with one rank and scale 1, in the program's file format. Only a
 * few modules are in memory at a time.
 */
public final class PresetExport {

    private static final int MODULES_IN_MEMORY = 16;

    private final LoraAdapter adapter;
    private final KeptModules kept;
    private final Optional<ModelConfig> base;
    private final ExportPreset preset;
    private final PresetOptions options;
    private final LoraModules source;
    private final List<String> changes = new ArrayList<>();

    private PresetExport(
            LoraAdapter adapter,
            KeptModules kept,
            Optional<ModelConfig> base,
            ExportPreset preset,
            PresetOptions options) {
        this.adapter = adapter;
        this.kept = kept;
        this.base = base;
        this.preset = preset;
        this.options = options;
        source = LoraModules.of(adapter.modules());
    }

    /** Throws EngineException with the reason if the program can't serve the adapter. */
    public static void requirePossible(
            LoraAdapter adapter, KeptModules kept, Optional<ModelConfig> base, ExportPreset preset) {
        PresetCheck.require(preset, adapter, kept, base);
    }

    /**
     * Writes a folder. An error leaves no partial folder.
     *
     * @param kept modules that the adapter replaces as a whole
     * @param base the base model; needed unless the files are PEFT's
     * @param from what Ollama's Modelfile names as the base model
     * @throws EngineException if the program can't serve the adapter, or doesn't accept the rank
     */
    public static PresetReport write(
            LoraAdapter adapter,
            KeptModules kept,
            Optional<ModelConfig> base,
            String from,
            ExportPreset preset,
            PresetOptions options,
            Path folder) {
        requirePossible(adapter, kept, base, preset);
        return new PresetExport(adapter, kept, base, preset, options).write(from, folder);
    }

    private PresetReport write(String from, Path folder) {
        int own = source.rank();
        try (Compression compression = new Compression(source)) {
            int rank = rank(own, compression);
            LoraModules fitting = rank < own ? compression.at(rank) : source;
            describe(own, rank);
            if (preset == ExportPreset.LORAX) fitting = filled(fitting);
            LoraModules written = releasing(UniformModules.of(fitting, rank));
            List<String> files = new ArrayList<>();
            AtomicFolder.write(folder, options.overwrite(), part -> files.addAll(files(part, written, from)));
            double error =
                    options.type() == FactorType.FLOAT32 ? rank < own ? compression.error(rank) : 0 : measured(written);
            return new PresetReport(
                    files, written.shapes().size(), own, rank, options.type(), error, List.copyOf(changes));
        }
    }

    private List<String> files(Path folder, LoraModules written, String from) throws IOException {
        switch (preset.layout()) {
            case GGUF -> {
                return GgufAdapter.write(
                        folder, adapter.name(), written, base.orElseThrow(), options.type(), preset, from);
            }
            case MLX -> {
                return MlxAdapter.write(folder, written, base.orElseThrow(), options.type());
            }
            default -> {
                AdapterWriter.write(folder, baseName(), written, kept, Map.of(), writerOptions());
                return List.of("adapter_config.json", "adapter_model.safetensors");
            }
        }
    }

    private int rank(int own, Compression compression) {
        Optional<Integer> largest = preset.largestRank();
        if (options.rank().isPresent()) {
            int rank = options.rank().getAsInt();
            if (largest.isPresent() && rank > largest.get()) {
                throw new EngineException(
                        "%s loads ranks up to %d (got %d).".formatted(preset.title(), largest.get(), rank));
            }
            return rank;
        }
        int needed = options.maxError().isEmpty()
                ? own
                : compression.within(options.maxError().getAsDouble());
        return Math.min(needed, largest.orElse(needed));
    }

    private void describe(int own, int rank) {
        Set<Integer> ranks = new TreeSet<>();
        source.shapes().values().forEach(s -> ranks.add(s.rank()));
        if (rank < own) {
            changes.add("The rank %d is compressed to %d.".formatted(own, rank));
        } else if (rank > own) {
            changes.add("The rank %d is padded with zeros to %d.".formatted(own, rank));
        } else if (ranks.size() > 1) {
            changes.add("Modules of the ranks %s are padded with zeros to %d.".formatted(join(ranks), rank));
        }
        if (adapter.modules().values().stream().anyMatch(m -> m.scale() != 1)) {
            changes.add("The scale%s is in the factors, so %s."
                    .formatted(
                            adapter.config().scaling().useRslora() ? " of rsLoRA" : "",
                            preset == ExportPreset.MLX ? "that of the files is 1" : "alpha is the rank"));
        }
        if (options.type() != FactorType.FLOAT32) {
            changes.add("The factors are rounded to %s."
                    .formatted(options.type().name().toLowerCase(Locale.ROOT)));
        }
        if (preset.layout() == ExportPreset.Layout.GGUF) {
            GgufAdapter.reordered(base.orElseThrow()).ifPresent(changes::add);
        }
    }

    private LoraModules filled(LoraModules fitting) {
        LoraModules all = AllLayers.of(fitting, base.orElseThrow());
        int added = all.shapes().size() - fitting.shapes().size();
        if (added > 0) {
            changes.add(
                    "%d modules of zeros are added, because LoRAX leaves out a projection that is missing in a layer."
                            .formatted(added));
        }
        return all;
    }

    private LoraModules releasing(LoraModules modules) {
        int[] count = {0};
        return new LoraModules(modules.shapes(), name -> {
            if (++count[0] % (2 * MODULES_IN_MEMORY) == 0) adapter.release();
            return modules.get(name);
        });
    }

    /** ‖rounded − ΔW‖ / ‖ΔW‖ over all modules. */
    private double measured(LoraModules written) {
        double total = 0;
        double lost = 0;
        DType type = options.type().dtype();
        for (String name : source.shapes().keySet()) {
            LoraModule before = source.get(name);
            LoraModule after = written.get(name);
            LoraModule rounded = new LoraModule(
                    name,
                    after.a().rounded(type).toF32(),
                    after.b().rounded(type).toF32(),
                    1,
                    Optional.empty(),
                    before.embedding());
            total += square(LowRankProduct.norm(before));
            lost += square(LowRankProduct.norm(ExactMerge.difference(rounded, before)));
        }
        return total == 0 ? 0 : Math.sqrt(lost / total);
    }

    private static double square(double x) {
        return x * x;
    }

    private String baseName() {
        return adapter.config().baseModel().orElse("");
    }

    private AdapterWriter.Options writerOptions() {
        var json = adapter.config().json();
        String revision = json.path("revision").asText("");
        String task = base.map(ModelConfig::architecture)
                .map(Architecture::taskType)
                .orElse(json.path("task_type").asText("CAUSAL_LM"));
        Set<String> modules = new TreeSet<>();
        base.ifPresent(config -> {
            modules.addAll(config.modules().keySet());
            modules.addAll(config.tables());
        });
        return new AdapterWriter.Options(
                true,
                modules,
                Map.of(),
                Optional.of(revision).filter(r -> !r.isEmpty() && !r.equals("null")),
                task,
                json.path("fan_in_fan_out").asBoolean(),
                options.type().dtype());
    }

    private static String join(Collection<Integer> numbers) {
        return String.join(", ", numbers.stream().map(String::valueOf).toList());
    }

    /** Loads libtorch only if something is compressed. */
    private static final class Compression implements AutoCloseable {

        private final LoraModules modules;
        private LowRank lowRank;

        Compression(LoraModules modules) {
            this.modules = modules;
        }

        LoraModules at(int rank) {
            return lowRank().at(rank);
        }

        double error(int rank) {
            return rank >= modules.rank() ? 0 : lowRank().error(rank);
        }

        int within(double bound) {
            return lowRank().rankWithin(bound);
        }

        private LowRank lowRank() {
            if (lowRank == null) lowRank = new LowRank(modules);
            return lowRank;
        }

        @Override
        public void close() {
            if (lowRank != null) lowRank.close();
        }
    }
}
