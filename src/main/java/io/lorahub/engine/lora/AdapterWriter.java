package io.lorahub.engine.lora;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.TensorName.Part;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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
     */
    public record Options(boolean overwrite, Collection<String> baseModules, Map<String, String> moreFiles) {
        public static Options standard() {
            return new Options(false, List.of(), Map.of());
        }
    }

    private AdapterWriter() {}

    public static void write(
            Path dir, String baseModelName, SortedMap<String, LoraModule> modules, Map<String, String> metadata) {
        write(dir, baseModelName, modules, metadata, Options.standard());
    }

    /** @param metadata texts that go into the header of the tensors' file */
    public static void write(
            Path dir,
            String baseModelName,
            SortedMap<String, LoraModule> modules,
            Map<String, String> metadata,
            Options options) {
        requireExpressible(modules);
        boolean bias = modules.values().stream().anyMatch(m -> m.bias().isPresent());
        int rank = modules.values().stream().mapToInt(LoraModule::rank).max().orElseThrow();
        String config = PeftConfigFile.json(
                baseModelName, rank, bias, TargetModules.exactly(modules.keySet(), options.baseModules()));
        Map<String, String> header = new TreeMap<>(metadata);
        header.put("format", "pt");
        AtomicFolder.write(dir, options.overwrite(), folder -> {
            SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), tensors(modules, rank, bias), header);
            Files.writeString(folder.resolve("adapter_config.json"), config);
            for (var file : options.moreFiles().entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
        });
    }

    private static void requireExpressible(SortedMap<String, LoraModule> modules) {
        if (modules.isEmpty()) {
            throw new EngineException(
                    "There is nothing to write: the composition adapts no module (all weights are 0).");
        }
        boolean embedding = modules.values().stream().anyMatch(LoraModule::embedding);
        if (embedding && modules.values().stream().anyMatch(m -> m.bias().isPresent())) {
            throw new EngineException("PEFT has no lora_bias in adapters that adapt an embedding, so this mix cannot be"
                    + " written as one; leave out the adapters with lora_bias or those of the embedding.");
        }
    }

    private static Map<String, TensorData> tensors(SortedMap<String, LoraModule> modules, int rank, boolean bias) {
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        for (LoraModule module : modules.values()) {
            LoraModule m = RankPadding.to(rank, ExactMerge.withUnitScale(module));
            tensors.put(TensorName.of(m.name(), m.embedding() ? Part.EMBEDDING_A : Part.A), m.a());
            tensors.put(TensorName.of(m.name(), m.embedding() ? Part.EMBEDDING_B : Part.B), m.b());
            if (bias) {
                // lora_bias holds for all modules or none
                tensors.put(
                        TensorName.of(m.name(), Part.BIAS),
                        m.bias().orElseGet(() -> TensorData.of(new float[m.out()], m.out())));
            }
        }
        return tensors;
    }
}
