package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A valid adapter with random weights, of a given size. */
final class LargeAdapter {

    static final String WEIGHTS = "adapter_model.safetensors";

    private static final int RANK = 64;
    private static final int WIDTH = 1024;

    private LargeAdapter() {}

    /** @param bytes approximate size; at least one module of half a megabyte */
    static Path write(Path folder, long bytes) {
        long module = 2L * RANK * WIDTH * Float.BYTES;
        int modules = (int) Math.max(1, bytes / module);
        SplittableRandom random = new SplittableRandom(1);
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        for (int i = 0; i < modules; i++) {
            String name = "base_model.model.%s.block.%d.layer.0.SelfAttention.%s.lora_"
                    .formatted(i % 4 < 2 ? "encoder" : "decoder", i / 4, i % 2 == 0 ? "q" : "v");
            tensors.put(name + "A.weight", random(random, RANK, WIDTH));
            tensors.put(name + "B.weight", random(random, WIDTH, RANK));
        }
        ObjectNode config = BenchOutput.JSON.createObjectNode();
        config.put("peft_type", "LORA")
                .put("base_model_name_or_path", "google/flan-t5-large")
                .put("r", RANK)
                .put("lora_alpha", RANK)
                .put("bias", "none");
        config.putArray("target_modules").add("q").add("v");
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("adapter_config.json"), config.toPrettyString());
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be written.".formatted(folder), e);
        }
        SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
        return folder;
    }

    private static TensorData random(SplittableRandom random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) values[i] = (float) (random.nextDouble(-0.02, 0.02));
        return TensorData.of(values, rows, columns);
    }
}
