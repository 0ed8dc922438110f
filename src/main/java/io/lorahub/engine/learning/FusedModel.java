package io.lorahub.engine.learning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.EngineException;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.T5Config;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The base model with the mix added to its weights: a folder that any program loads without knowing LoRA. */
final class FusedModel {

    private static final List<String> COPIED = List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "spiece.model");

    private static final String OUTPUT = "lm_head.weight";

    private FusedModel() {}

    /** Writes into a folder that is there. Every tensor keeps the type it has in the base model's files. */
    static void write(Session session, double[] weights, Path folder) throws IOException {
        BaseModel base = session.base();
        Map<String, TensorData> tensors = new TreeMap<>();
        for (String name : base.weights().names()) {
            tensors.put(name, base.weights().tensor(name));
        }
        boolean tied = base.config().tied();
        if (tied) tensors.remove(OUTPUT); // a copy that nobody reads
        session.model().fuse(session.bank(), weights, (name, values) -> {
            if (tied && name.equals(OUTPUT)) {
                tensors.put(OUTPUT, converted(outputAlone(values, base.config()), tensors.get("shared.weight")));
            } else {
                tensors.computeIfPresent(name, (key, before) -> converted(values, before));
            }
        });
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        for (String file : COPIED) {
            if (Files.isRegularFile(base.folder().resolve(file))) {
                Files.copy(base.folder().resolve(file), folder.resolve(file));
            }
        }
        if (tied && tensors.containsKey(OUTPUT)) untie(folder.resolve("config.json"));
    }

    /** The scale of the states that the output layer is given goes into its weight, as models that are not tied have none. */
    private static float[] outputAlone(float[] weight, T5Config config) {
        if (!config.scaled()) return weight;
        float scale = (float) Math.pow(config.dModel(), -0.5);
        float[] scaled = new float[weight.length];
        for (int i = 0; i < weight.length; i++) scaled[i] = weight[i] * scale;
        return scaled;
    }

    private static void untie(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode config = (ObjectNode) mapper.readTree(file.toFile());
        config.put("tie_word_embeddings", false);
        // transformers 5 asks for this one
        if (config.has("scale_decoder_outputs")) config.put("scale_decoder_outputs", false);
        mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), config);
    }

    private static TensorData converted(float[] values, TensorData like) {
        DType type = like.dtype();
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(values.length, type.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case F32 -> bytes.putFloat(value);
                case F64 -> bytes.putDouble(value);
                case BF16 -> bytes.putShort(bfloat16(value));
                case F16 -> bytes.putShort(float16(value));
                default -> throw new EngineException("A weight of the type %s cannot be fused.".formatted(type));
            }
        }
        return new TensorData(type, like.shape(), bytes.flip());
    }

    /** To nearest, ties to even. */
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** DJL's conversion; float16 is rare among models, so its lack of speed does not matter. */
    private static short float16(float value) {
        return ai.djl.util.Float16Utils.floatToHalf(value);
    }
}
