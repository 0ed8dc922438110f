package io.lorahub.engine.preset;

import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.model.family.CausalConfig;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter in llama.cpp's format: a GGUF file with {@code NAME.lora_a}, [rank, in], and {@code NAME.lora_b}, [out,
 * rank], for each weight. llama.cpp computes ΔW = alpha / rank · B·A, with the rank read from B.
 */
final class GgufAdapter {

    private static final String FILE = "adapter.gguf";

    private GgufAdapter() {}

    /**
     * @param modules with one rank and scale 1
     * @param from    what a Modelfile names as the base model
     * @return the names of the files
     */
    static List<String> write(
            Path folder,
            String name,
            LoraModules modules,
            ModelConfig config,
            FactorType type,
            ExportPreset preset,
            String from)
            throws IOException {
        GgufNames names = new GgufNames((CausalConfig) config);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", names.architecture());
        metadata.put("general.type", "adapter");
        metadata.put("general.name", name);
        metadata.put("general.file_type", fileType(type));
        metadata.put("adapter.type", "lora");
        metadata.put("adapter.lora.alpha", (float) modules.rank());
        Map<String, PlannedTensor> tensors = new LinkedHashMap<>();
        modules.shapes().forEach((module, shape) -> {
            String weight = names.weight(module);
            int[] rows = names.rows(module);
            tensors.put(
                    weight + ".lora_a",
                    PlannedTensor.of(
                            new TensorInfo(type.dtype(), new long[] {shape.rank(), shape.in()}),
                            () -> modules.get(module).a().rounded(type.dtype())));
            tensors.put(
                    weight + ".lora_b",
                    PlannedTensor.of(
                            new TensorInfo(type.dtype(), new long[] {shape.out(), shape.rank()}),
                            () -> ordered(modules.get(module).b(), rows).rounded(type.dtype())));
        });
        GgufWriter.write(folder.resolve(FILE), metadata, tensors, type);
        if (preset != ExportPreset.OLLAMA) return List.of(FILE);
        Files.writeString(folder.resolve("Modelfile"), "FROM %s%nADAPTER ./%s%n".formatted(from, FILE));
        return List.of(FILE, "Modelfile");
    }

    /** Says which rows have another order, if any. */
    static Optional<String> reordered(ModelConfig config) {
        if (!new GgufNames((CausalConfig) config).reorders()) return Optional.empty();
        return Optional.of(
                config.modelType().equals("gpt_neox")
                        ? "The rows of query_key_value are grouped by queries, keys and values, as llama.cpp stores them."
                        : "The rows of q_proj and k_proj are in llama.cpp's order.");
    }

    /** llama_ftype. */
    private static int fileType(FactorType type) {
        return switch (type) {
            case FLOAT32 -> 0;
            case FLOAT16 -> 1;
            case BFLOAT16 -> 32;
        };
    }

    private static TensorData ordered(TensorData b, int[] rows) {
        if (rows.length == 0) return b;
        int rank = (int) b.shape()[1];
        float[] from = b.toFloats();
        float[] to = new float[from.length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(from, rows[row] * rank, to, row * rank, rank);
        }
        return TensorData.of(to, b.shape());
    }
}
