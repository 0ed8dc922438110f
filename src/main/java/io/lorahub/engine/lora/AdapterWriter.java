package io.lorahub.engine.lora;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.TensorName.Part;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes an adapter as PEFT does: {@code adapter_config.json} and {@code adapter_model.safetensors}, in F32, with one
 * rank for all modules (smaller ones are padded with zeros) and the scale 1, so that every program that reads LoRA at
 * all reads it.
 */
public final class AdapterWriter {

    /**
     * @param overwrite   whether a folder that is there and not empty may be replaced
     * @param baseModules names of all modules of the base model, for short target_modules; may be empty
     * @param moreFiles   texts that belong into the folder as well, by file name
     * @param revision    of the base model, where it is not the usual one
     */
    public record Options(
            boolean overwrite,
            Collection<String> baseModules,
            Map<String, String> moreFiles,
            Optional<String> revision) {

        public Options(boolean overwrite, Collection<String> baseModules, Map<String, String> moreFiles) {
            this(overwrite, baseModules, moreFiles, Optional.empty());
        }

        public static Options standard() {
            return new Options(false, List.of(), Map.of());
        }
    }

    private AdapterWriter() {}

    public static void write(
            Path dir, String baseModelName, SortedMap<String, LoraModule> modules, Map<String, String> metadata) {
        write(dir, baseModelName, LoraModules.of(modules), metadata, Options.standard());
    }

    /**
     * Asks for one module after another.
     *
     * @param metadata texts that go into the header of the tensors' file
     */
    public static void write(
            Path dir, String baseModelName, LoraModules modules, Map<String, String> metadata, Options options) {
        requireExpressible(modules);
        boolean bias = modules.shapes().values().stream().anyMatch(ModuleShape::bias);
        int rank = modules.rank();
        String config = PeftConfigFile.json(
                baseModelName,
                options.revision(),
                rank,
                bias,
                TargetModules.exactly(modules.shapes().keySet(), options.baseModules()));
        Map<String, String> header = new TreeMap<>(metadata);
        header.put("format", "pt");
        AtomicFolder.write(dir, options.overwrite(), folder -> {
            SafetensorsWriter.writePlanned(
                    folder.resolve("adapter_model.safetensors"), tensors(modules, rank, bias), header);
            Files.writeString(folder.resolve("adapter_config.json"), config);
            for (var file : options.moreFiles().entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
        });
    }

    private static void requireExpressible(LoraModules modules) {
        if (modules.isEmpty()) {
            throw new EngineException(
                    "There is nothing to write: the composition adapts no module (all weights are 0).");
        }
        boolean embedding = modules.shapes().values().stream().anyMatch(ModuleShape::embedding);
        if (embedding && modules.shapes().values().stream().anyMatch(ModuleShape::bias)) {
            throw new EngineException("PEFT has no lora_bias in adapters that adapt an embedding, so this mix cannot be"
                    + " written as one; leave out the adapters with lora_bias or those of the embedding.");
        }
    }

    private static Map<String, PlannedTensor> tensors(LoraModules modules, int rank, boolean bias) {
        LastModule last = new LastModule(modules, rank);
        Map<String, PlannedTensor> tensors = new LinkedHashMap<>();
        modules.shapes().forEach((name, shape) -> {
            tensors.put(
                    TensorName.of(name, shape.embedding() ? Part.EMBEDDING_A : Part.A),
                    planned(() -> last.get(name).a(), rank, shape.in()));
            tensors.put(
                    TensorName.of(name, shape.embedding() ? Part.EMBEDDING_B : Part.B),
                    planned(() -> last.get(name).b(), shape.out(), rank));
            if (bias) {
                // lora_bias holds for all modules or none
                tensors.put(
                        TensorName.of(name, Part.BIAS),
                        planned(
                                () -> last.get(name)
                                        .bias()
                                        .orElseGet(() -> TensorData.of(new float[shape.out()], shape.out())),
                                shape.out()));
            }
        });
        return tensors;
    }

    private static PlannedTensor planned(Supplier<TensorData> tensor, long... shape) {
        return PlannedTensor.of(
                new TensorInfo(DType.F32, shape), () -> tensor.get().toF32());
    }

    /** The tensors of a module follow each other in the file, so that it is made once for all of them. */
    private static final class LastModule {

        private final LoraModules modules;
        private final int rank;
        private LoraModule last;

        LastModule(LoraModules modules, int rank) {
            this.modules = modules;
            this.rank = rank;
        }

        LoraModule get(String name) {
            if (last == null || !last.name().equals(name)) {
                last = RankPadding.to(rank, ExactMerge.withUnitScale(modules.get(name)));
            }
            return last;
        }
    }
}
