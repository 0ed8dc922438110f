package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;

/** Llama 2 to 3.2, and models with small changes to it. */
final class Llama {

    private Llama() {}

    static CausalConfig llama(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json).withRope(10_000);
        b.biasEverywhere(b.json.flag("attention_bias", false), b.json.flag("mlp_bias", false));
        return b.build();
    }

    /** All layers see a window of positions, or those that layer_types names, as in transformers, which loads these as Ministral. */
    static CausalConfig mistral(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json).withRope(10_000);
        if (!b.json.names("num_key_value_heads")) b.keyValueHeads = 8;
        b.windowByLayer(b.slidingWindow(4096), i -> true);
        return b.build();
    }

    /** With factors on embeddings, residuals, scores and logits. */
    static CausalConfig granite(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json).withRope(10_000);
        b.biasEverywhere(b.json.flag("attention_bias", false), b.json.flag("mlp_bias", false));
        b.embeddingScale = b.json.number("embedding_multiplier", 1);
        b.residualScale = b.json.number("residual_multiplier", 1);
        b.attentionScale = b.json.number("attention_multiplier", 1);
        b.logitScale = 1 / b.json.number("logits_scaling", 1);
        return b.build();
    }

    /** Some layers have no positions. */
    static CausalConfig smolLm3(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json).withRope(2_000_000);
        b.biasEverywhere(b.json.flag("attention_bias", false), b.json.flag("mlp_bias", false));
        b.tied = b.json.flag("tie_word_embeddings", true);
        int interval = b.json.positive("no_rope_layer_interval", 4);
        List<Integer> ropeOf = new ArrayList<>();
        JsonNode with = b.json.at("no_rope_layers"); // despite its name, 1 for layers with positions
        for (int i = 0; i < b.layers; i++) {
            boolean positions = with.isArray() ? with.path(i).asInt() != 0 : (i + 1) % interval != 0;
            ropeOf.add(positions ? 0 : -1);
        }
        b.ropeOf = ropeOf;
        boolean window = b.json.flag("use_sliding_window", false); // layer_types doesn't need it
        b.windowByLayer(b.slidingWindow(0), i -> window && ropeOf.get(i) < 0);
        return b.build();
    }

    /** Norms after attention and feed-forward instead of before; queries and keys are normed over all heads. */
    static CausalConfig olmo2(JsonNode json) {
        return olmo(json).withRope(10_000).build();
    }

    /** Three of four layers have a window, and there the rotary embedding is not scaled. */
    static CausalConfig olmo3(JsonNode json) {
        CausalBuilder b = olmo(json);
        b.windowByLayer(b.json.positive("sliding_window", 4096), i -> (i + 1) % 4 != 0);
        JsonNode perType = b.json.at("rope_parameters");
        int rotated = b.wholeHead();
        if (perType.has("full_attention")) { // as transformers 5.13 writes it
            b.ropes = List.of(
                    RopeReader.of(b.json, perType.get("full_attention"), rotated, b.context, 500_000),
                    RopeReader.of(b.json, perType.path("sliding_attention"), rotated, b.context, 500_000));
        } else {
            Rope scaled = RopeReader.read(b.json, rotated, b.context, 10_000);
            Rope plain = RopeReader.of(b.json, MissingNode.getInstance(), rotated, b.context, scaled.theta());
            b.ropes = List.of(scaled, plain);
        }
        b.ropeOf = b.sliding.stream().map(slides -> slides ? 1 : 0).toList();
        return b.build();
    }

    private static CausalBuilder olmo(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json);
        b.epsilon = b.json.notNegative("rms_norm_eps", 1e-5);
        b.biasEverywhere(b.json.flag("attention_bias", false), false);
        b.queryNorm = CausalConfig.QueryNorm.ALL_HEADS;
        b.normBefore = false;
        b.normAfter = true;
        b.names.attentionNorm = "";
        b.names.attentionPostNorm = "post_attention_layernorm";
        b.names.feedForwardNorm = "";
        b.names.feedForwardPostNorm = "post_feedforward_layernorm";
        return b;
    }

    /** Fused projections; only a part of each head turns with the position. */
    static CausalConfig phi3(JsonNode json) {
        CausalBuilder b = CausalBuilder.llama(json);
        int rotated = (int) (b.headWidth * RopeReader.partOfHead(b.json, 1));
        b.ropes = List.of(RopeReader.read(b.json, rotated, b.context, 10_000));
        b.epsilon = b.json.notNegative("rms_norm_eps", 1e-5);
        b.projection = CausalConfig.Projection.FUSED;
        b.fusedGate = true;
        int window = b.json.positive("sliding_window", 0);
        if (window > 0) b.windowEverywhere(window);
        return b.build();
    }
}
