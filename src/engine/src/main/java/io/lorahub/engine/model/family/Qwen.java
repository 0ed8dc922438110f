package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;

/** Qwen 2, 2.5 and 3. */
final class Qwen {

    private Qwen() {}

    static CausalConfig qwen2(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json).withRope(10_000);
        b.attentionBias = true;
        window(b);
        return b.build();
    }

    /** Norms of each head's queries and keys instead of biases. */
    static CausalConfig qwen3(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json);
        b.headWidth = b.json.positive("head_dim", 128);
        b.attentionScale = Math.pow(b.headWidth, -0.5);
        b.withRope(10_000);
        b.biasEverywhere(b.json.flag("attention_bias", false), false);
        b.queryNorm = CausalConfig.QueryNorm.HEAD;
        window(b);
        return b.build();
    }

    private static void window(CausalBuilder b) {
        int window = b.json.flag("use_sliding_window", false) ? b.slidingWindow(4096) : 0;
        int first = b.json.at("max_window_layers").asInt(28);
        b.windowByLayer(window, i -> i >= first);
    }
}
