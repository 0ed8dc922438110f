package io.lorahub.testsupport;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.lora.LoraAdapter;
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

/** An adapter's folder with random factors, valid unless a test asks for a fault. */
public final class AdapterBuilder {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode config = JSON.createObjectNode();
    private final Map<String, TensorData> extra = new LinkedHashMap<>();
    private final List<String> left = new ArrayList<>();
    private List<String> modules =
            List.of("encoder.block.0.layer.0.SelfAttention.q", "decoder.block.0.layer.0.SelfAttention.v");
    private final Map<String, Integer> ranks = new LinkedHashMap<>();
    private int rank = 2;
    private int out = 4;
    private int in = 6;
    private long seed = 1;
    private boolean biases;

    public static AdapterBuilder anAdapter() {
        return new AdapterBuilder();
    }

    private AdapterBuilder() {
        config.put("peft_type", "LORA")
                .put("base_model_name_or_path", "tiny-t5")
                .put("lora_alpha", 8)
                .put("bias", "none");
        config.putArray("target_modules").add("q").add("v");
    }

    public AdapterBuilder ofRank(int rank) {
        this.rank = rank;
        return this;
    }

    /** A rank of its own for one module, which the configuration does not know of. */
    public AdapterBuilder ofRank(String module, int rank) {
        ranks.put(module, rank);
        return this;
    }

    public AdapterBuilder ofShape(int out, int in) {
        this.out = out;
        this.in = in;
        return this;
    }

    public AdapterBuilder adapting(String... modules) {
        this.modules = List.of(modules);
        config.remove("target_modules");
        this.modules.forEach(config.putArray("target_modules")::add);
        return this;
    }

    public AdapterBuilder seeded(long seed) {
        this.seed = seed;
        return this;
    }

    public AdapterBuilder withAlpha(double alpha) {
        config.put("lora_alpha", alpha);
        return this;
    }

    public AdapterBuilder withBiases() {
        biases = true;
        config.put("lora_bias", true);
        return this;
    }

    /** A key of the configuration, as JSON. */
    public AdapterBuilder with(String key, String json) {
        try {
            config.set(key, JSON.readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public AdapterBuilder without(String key) {
        config.remove(key);
        return this;
    }

    public AdapterBuilder withTensor(String name, TensorData tensor) {
        extra.put(name, tensor);
        return this;
    }

    public AdapterBuilder withoutTensor(String name) {
        left.add(name);
        return this;
    }

    public static String tensor(String module, String part) {
        return "base_model.model." + module + "." + part;
    }

    /** Writes it into a new folder of this name. */
    public Path in(Path parent, String name) {
        try {
            Path folder = Files.createDirectory(parent.resolve(name));
            if (!config.has("r")) config.put("r", rank);
            Files.writeString(folder.resolve("adapter_config.json"), config.toPrettyString());
            SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), tensors(), Map.of("format", "pt"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public LoraAdapter loadedFrom(Path parent, String name) {
        return LoraAdapter.load(in(parent, name));
    }

    private Map<String, TensorData> tensors() {
        Random random = new Random(seed);
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        for (String module : modules) {
            int r = ranks.getOrDefault(module, rank);
            tensors.put(tensor(module, "lora_A.weight"), randomTensor(random, r, in));
            tensors.put(tensor(module, "lora_B.weight"), randomTensor(random, out, r));
            if (biases) tensors.put(tensor(module, "lora_B.bias"), randomTensor(random, out));
        }
        tensors.putAll(extra);
        left.forEach(tensors::remove);
        return tensors;
    }

    public static TensorData randomTensor(Random random, int... shape) {
        int n = 1;
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
            n *= shape[i];
        }
        float[] values = new float[n];
        for (int i = 0; i < n; i++) values[i] = (float) random.nextGaussian();
        return TensorData.of(values, sizes);
    }
}
