package io.lorahub.bench.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.safetensors.DType;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sizes of public models, from their config.json, and a tiny one to try the measurement with. */
public enum ModelShape {
    SMALL("small", () -> flanT5(512, 1024, 8, 6)),
    BASE("base", () -> flanT5(768, 2048, 12, 12)),
    LARGE("large", () -> flanT5(1024, 2816, 24, 16)),
    LLAMA_TINY("llama-tiny", () -> decoder("llama", 8192, 256, 704, 8, 4, 2)),
    SMOLLM2_135M("smollm2-135m", () -> decoder("llama", 49152, 576, 1536, 30, 9, 3)),
    LLAMA_3_2_1B("llama-3.2-1b", ModelShape::llama),
    QWEN2_5_1_5B("qwen2.5-1.5b", () -> decoder("qwen2", 151936, 1536, 8960, 28, 12, 2));

    private final String word;
    private final Supplier<ObjectNode> config;

    ModelShape(String word, Supplier<ObjectNode> config) {
        this.word = word;
        this.config = config;
    }

    /** @throws IllegalArgumentException if there is none */
    public static ModelShape named(String name) {
        for (ModelShape shape : values()) if (shape.word.equals(name)) return shape;
        return EnumNames.find(ModelShape.class, name).orElseThrow(() -> new IllegalArgumentException(name));
    }

    public String word() {
        return word;
    }

    /** The names of all shapes, separated by commas. */
    public static String words() {
        return Stream.of(values()).map(ModelShape::word).collect(Collectors.joining(", "));
    }

    public boolean isDecoderOnly() {
        return this != SMALL && this != BASE && this != LARGE;
    }

    public int vocabulary() {
        return config.get().path("vocab_size").intValue();
    }

    /** The type of the weights in the file, which for decoder-only models is that of the public files. */
    DType stored() {
        return isDecoderOnly() ? DType.BF16 : DType.F32;
    }

    /** Last parts of the names of the modules of queries and values. */
    Set<String> queriesAndValues() {
        return isDecoderOnly() ? Set.of("q_proj", "v_proj") : Set.of("q", "v");
    }

    /** Last parts of the names of all linear modules but the output layer, which PEFT calls all-linear. */
    Set<String> allLinear() {
        return isDecoderOnly()
                ? Set.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
                : Set.of("q", "k", "v", "o", "wi_0", "wi_1", "wo");
    }

    /** The content of config.json. */
    ObjectNode config() {
        return config.get();
    }

    /** T5 v1.1: gated GELU, untied output layer. */
    private static ObjectNode flanT5(int width, int feedForward, int layers, int heads) {
        ObjectNode config = BenchOutput.JSON.createObjectNode();
        config.putArray("architectures").add("T5ForConditionalGeneration");
        config.put("model_type", "t5");
        config.put("vocab_size", 32128);
        config.put("d_model", width);
        config.put("d_kv", 64);
        config.put("d_ff", feedForward);
        config.put("num_layers", layers);
        config.put("num_decoder_layers", layers);
        config.put("num_heads", heads);
        config.put("feed_forward_proj", "gated-gelu");
        config.put("tie_word_embeddings", false);
        config.put("is_encoder_decoder", true);
        config.put("dropout_rate", 0.0);
        config.put("pad_token_id", 0);
        config.put("eos_token_id", 1);
        config.put("decoder_start_token_id", 0);
        return config;
    }

    private static ObjectNode llama() {
        ObjectNode config = decoder("llama", 128256, 2048, 8192, 16, 32, 8);
        config.put("rope_theta", 500000.0);
        config.putObject("rope_scaling")
                .put("rope_type", "llama3")
                .put("factor", 32.0)
                .put("low_freq_factor", 1.0)
                .put("high_freq_factor", 4.0)
                .put("original_max_position_embeddings", 8192);
        return config;
    }

    /** The output layer is tied to the embedding. */
    private static ObjectNode decoder(
            String type, int vocabulary, int width, int feedForward, int layers, int heads, int keyHeads) {
        ObjectNode config = BenchOutput.JSON.createObjectNode();
        config.putArray("architectures").add(type.equals("llama") ? "LlamaForCausalLM" : "Qwen2ForCausalLM");
        config.put("model_type", type);
        config.put("vocab_size", vocabulary);
        config.put("hidden_size", width);
        config.put("intermediate_size", feedForward);
        config.put("num_hidden_layers", layers);
        config.put("num_attention_heads", heads);
        config.put("num_key_value_heads", keyHeads);
        config.put("max_position_embeddings", 8192);
        config.put("hidden_act", "silu");
        config.put("rms_norm_eps", 1e-5);
        config.put("rope_theta", 100000.0);
        config.put("tie_word_embeddings", true);
        config.put("torch_dtype", "bfloat16");
        config.put("bos_token_id", 1);
        config.put("eos_token_id", 2);
        return config;
    }
}
