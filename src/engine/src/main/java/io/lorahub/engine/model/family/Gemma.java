package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.util.List;

/** Gemma 1, 2 and 3 (text). The norms add 1 to their weights, and embeddings are multiplied by the root of the width. */
final class Gemma {

    private Gemma() {}

    static CausalConfig gemma(JsonNode json) {
        return all(json, "hidden_act").withRope(10_000).build();
    }

    /** Norms before and after each part, scores and logits bent, every second layer with a window. */
    static CausalConfig gemma2(JsonNode json) {
        CausalBuilder b = all(json, "hidden_activation").withRope(10_000);
        normsAround(b);
        b.softCap = b.json.names("attn_logit_softcapping") ? b.json.number("attn_logit_softcapping", 0) : 50;
        b.logitCap = b.json.names("final_logit_softcapping") ? b.json.number("final_logit_softcapping", 0) : 30;
        b.windowByLayer(b.json.positive("sliding_window", 4096), i -> i % 2 == 0);
        return b.build();
    }

    /** Layers with a window have a rotary embedding of their own; queries and keys are normed. */
    static CausalConfig gemma3(JsonNode json) {
        CausalBuilder b = all(json, "hidden_activation");
        if (b.json.flag("use_bidirectional_attention", false)) {
            throw new EngineException(
                    "config.json asks for use_bidirectional_attention, which makes an encoder of the model; LoraHub runs it only as a language model.");
        }
        normsAround(b);
        b.queryNorm = CausalConfig.QueryNorm.HEAD;
        b.logitCap = b.json.number("final_logit_softcapping", 0);
        int pattern = b.json.positive("sliding_window_pattern", b.json.positive("_sliding_window_pattern", 6));
        b.windowByLayer(b.json.positive("sliding_window", 4096), i -> (i + 1) % pattern != 0);
        JsonNode perType = b.json.at("rope_parameters"); // as transformers 5 writes it
        int rotated = b.wholeHead();
        boolean nested = perType.has("full_attention");
        Rope full = nested
                ? RopeReader.of(b.json, perType.get("full_attention"), rotated, b.context, 1_000_000)
                : RopeReader.read(b.json, rotated, b.context, 1_000_000);
        double theta = b.json.number("rope_local_base_freq", 10_000);
        Rope local = RopeReader.of(b.json, perType.path("sliding_attention"), rotated, b.context, theta);
        b.ropes = List.of(full, local);
        b.ropeOf = b.sliding.stream().map(slides -> slides ? 1 : 0).toList();
        return b.build();
    }

    private static CausalBuilder all(JsonNode json, String activation) {
        CausalBuilder b = CausalBuilder.llama(json);
        b.headWidth = b.json.positive("head_dim", 256);
        b.activation = Activation.named(b.json.text(activation, "gelu_pytorch_tanh"), activation);
        b.attentionScale = Math.pow(b.headWidth, -0.5);
        b.normOffset = 1;
        b.embeddingScale = Math.sqrt(b.width);
        b.tied = b.json.flag("tie_word_embeddings", true);
        b.biasEverywhere(b.json.flag("attention_bias", false), false);
        b.end = 1;
        return b;
    }

    private static void normsAround(CausalBuilder b) {
        b.attentionScale = Math.pow(b.json.positive("query_pre_attn_scalar", 256), -0.5);
        b.normAfter = true;
        b.names.attentionPostNorm = "post_attention_layernorm";
        b.names.feedForwardNorm = "pre_feedforward_layernorm";
        b.names.feedForwardPostNorm = "post_feedforward_layernorm";
    }
}
