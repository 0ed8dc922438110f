package io.lorahub.engine.preset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An adapter in mlx-lm's format. Its factors are the transposed ones of PEFT: {@code lora_a} [in, rank] and {@code
 * lora_b} [rank, out], with y = x·Wᵀ + scale·(x·lora_a)·lora_b.
 */
final class MlxAdapter {

    private MlxAdapter() {}

    /**
     * @param modules with one rank and scale 1
     * @return the names of the files
     */
    static List<String> write(Path folder, LoraModules modules, ModelConfig config, FactorType type)
            throws IOException {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("fine_tune_type", "lora");
        json.put("num_layers", config.depth());
        ObjectNode parameters = json.putObject("lora_parameters");
        parameters.put("rank", modules.rank());
        parameters.put("scale", 1.0);
        parameters.put("dropout", 0.0);
        var keys = parameters.putArray("keys");
        Map<String, PlannedTensor> tensors = new LinkedHashMap<>();
        modules.shapes().forEach((module, shape) -> {
            String name = name(module, config);
            keys.add(name);
            tensors.put(
                    name + ".lora_a",
                    PlannedTensor.of(
                            new TensorInfo(type.dtype(), new long[] {shape.in(), shape.rank()}),
                            () -> transposed(modules.get(module).a()).rounded(type.dtype())));
            tensors.put(
                    name + ".lora_b",
                    PlannedTensor.of(
                            new TensorInfo(type.dtype(), new long[] {shape.rank(), shape.out()}),
                            () -> transposed(modules.get(module).b()).rounded(type.dtype())));
        });
        SafetensorsWriter.writePlanned(folder.resolve("adapters.safetensors"), tensors, Map.of("format", "mlx"));
        Files.writeString(folder.resolve("adapter_config.json"), json.toPrettyString() + "\n");
        return List.of("adapter_config.json", "adapters.safetensors");
    }

    /** mlx-lm calls the modules as transformers does, except those of GPT-2 and GPT-NeoX. */
    private static String name(String module, ModelConfig config) {
        return switch (config.modelType()) {
            case "gpt2" -> module.replaceFirst("^transformer\\.", "model.");
            case "gpt_neox" ->
                module.equals("embed_out")
                        ? "model.embed_out"
                        : module.replaceFirst("^gpt_neox\\.layers\\.", "model.h.");
            default -> module;
        };
    }

    private static TensorData transposed(TensorData matrix) {
        int rows = (int) matrix.shape()[0];
        int columns = (int) matrix.shape()[1];
        float[] from = matrix.toFloats();
        float[] to = new float[from.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                to[column * rows + row] = from[row * columns + column];
            }
        }
        return TensorData.of(to, columns, rows);
    }
}
