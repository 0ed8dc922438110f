package io.lorahub.testsupport;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A base model's folder: a tiny T5 with random weights, complete unless a test asks for a fault. */
public final class ModelBuilder {

    private final ObjectNode config = new ObjectMapper().createObjectNode();
    private final Map<String, TensorData> replaced = new LinkedHashMap<>();
    private final List<String> left = new ArrayList<>();
    /** Of three words. */
    private static final String TOKENIZER =
            "{\"version\": \"1.0\", \"added_tokens\": [], \"model\": {\"type\": \"WordLevel\", \"unk_token\": \"<unk>\","
                    + " \"vocab\": {\"<pad>\": 0, \"</s>\": 1, \"<unk>\": 2}}}";

    private boolean tokenizer = true;

    public static ModelBuilder aModel() {
        return new ModelBuilder();
    }

    private ModelBuilder() {
        config.put("model_type", "t5")
                .put("vocab_size", 12)
                .put("d_model", 6)
                .put("d_kv", 2)
                .put("num_heads", 2)
                .put("d_ff", 8)
                .put("num_layers", 1)
                .put("relative_attention_num_buckets", 4)
                .put("feed_forward_proj", "gated-gelu")
                .put("tie_word_embeddings", false);
    }

    public ModelBuilder ofType(String type) {
        config.put("model_type", type);
        return this;
    }

    public ModelBuilder ofDepths(int encoder, int decoder) {
        config.put("num_layers", encoder).put("num_decoder_layers", decoder);
        return this;
    }

    public ModelBuilder tied() {
        config.put("tie_word_embeddings", true);
        return this;
    }

    /** As written by transformers 5, which marks every model as tied. */
    public ModelBuilder savedByTransformers5(boolean scaled) {
        config.put("tie_word_embeddings", true).put("scale_decoder_outputs", scaled);
        return this;
    }

    public ModelBuilder withTensor(String name, TensorData tensor) {
        replaced.put(name, tensor);
        return this;
    }

    public ModelBuilder withoutTensor(String name) {
        left.add(name);
        return this;
    }

    public ModelBuilder withoutTokenizer() {
        tokenizer = false;
        return this;
    }

    public Path in(Path parent, String name) {
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        Random random = new Random(7);
        ObjectNode known = config.deepCopy().put("model_type", "t5");
        ModelFamilies.of(known).shapes().forEach((tensor, shape) -> {
            int[] sizes = new int[shape.length];
            for (int i = 0; i < sizes.length; i++) sizes[i] = (int) shape[i];
            tensors.put(tensor, AdapterBuilder.randomTensor(random, sizes));
        });
        tensors.putAll(replaced);
        left.forEach(tensors::remove);
        try {
            Path folder = Files.createDirectory(parent.resolve(name));
            Files.writeString(folder.resolve("config.json"), config.toPrettyString());
            if (tokenizer) Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
