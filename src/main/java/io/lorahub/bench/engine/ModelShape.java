package io.lorahub.bench.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.names.EnumNames;

/** The sizes of Flan-T5 models (T5 v1.1: gated GELU, untied output layer), from their config.json. */
public enum ModelShape {
    SMALL(512, 1024, 8, 6),
    BASE(768, 2048, 12, 12),
    LARGE(1024, 2816, 24, 16);

    public static final int VOCABULARY = 32128;
    static final int HEAD_WIDTH = 64;

    final int width;
    final int feedForward;
    final int layers;
    final int heads;

    ModelShape(int width, int feedForward, int layers, int heads) {
        this.width = width;
        this.feedForward = feedForward;
        this.layers = layers;
        this.heads = heads;
    }

    public static ModelShape named(String name) {
        return EnumNames.find(ModelShape.class, name).orElseThrow(() -> new IllegalArgumentException(name));
    }

    public String word() {
        return EnumNames.of(this);
    }

    ObjectNode config() {
        ObjectNode config = BenchOutput.JSON.createObjectNode();
        config.putArray("architectures").add("T5ForConditionalGeneration");
        config.put("model_type", "t5");
        config.put("vocab_size", VOCABULARY);
        config.put("d_model", width);
        config.put("d_kv", HEAD_WIDTH);
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
}
