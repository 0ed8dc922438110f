package io.lorahub.engine.model.family;

import java.util.Map;
import java.util.stream.Stream;

/**
 * The Hugging Face names of a decoder-only model's modules. Those of a layer follow its prefix. An empty name stands for
 * a module that the family does not have.
 *
 * @param positions           learned positions
 * @param layer               prefix of a layer's modules, with {} for its number
 * @param queryKeyValue       the fused projection, instead of the three
 * @param gateUp              the fused projection, instead of the two
 * @param attentionNorm       before attention
 * @param attentionPostNorm   after attention
 * @param feedForwardNorm     before the feed-forward part
 * @param feedForwardPostNorm after the feed-forward part
 * @param head                the output layer
 */
public record ModuleNames(
        String embedding,
        String positions,
        String layer,
        String query,
        String key,
        String value,
        String queryKeyValue,
        String output,
        String gate,
        String up,
        String gateUp,
        String down,
        String attentionNorm,
        String attentionPostNorm,
        String feedForwardNorm,
        String feedForwardPostNorm,
        String queryNorm,
        String keyNorm,
        String finalNorm,
        String head) {

    /** The names that Llama introduced and most families use. */
    static final ModuleNames LLAMA = new ModuleNames(
            "model.embed_tokens",
            "",
            "model.layers.{}.",
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.qkv_proj",
            "self_attn.o_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.gate_up_proj",
            "mlp.down_proj",
            "input_layernorm",
            "",
            "post_attention_layernorm",
            "",
            "self_attn.q_norm",
            "self_attn.k_norm",
            "model.norm",
            "lm_head");

    /** With other names of a layer's norms. */
    ModuleNames withNorms(
            String attentionNorm, String attentionPostNorm, String feedForwardNorm, String feedForwardPostNorm) {
        return new ModuleNames(
                embedding,
                positions,
                layer,
                query,
                key,
                value,
                queryKeyValue,
                output,
                gate,
                up,
                gateUp,
                down,
                attentionNorm,
                attentionPostNorm,
                feedForwardNorm,
                feedForwardPostNorm,
                queryNorm,
                keyNorm,
                finalNorm,
                head);
    }

    /** The prefix of all names of a model that was saved without its output layer. */
    String prefix() {
        return embedding.substring(0, embedding.indexOf('.') + 1);
    }

    boolean isNorm(String tensor) {
        return tensor.equals(finalNorm + ".weight")
                || norms().anyMatch(name -> !name.isEmpty() && tensor.endsWith("." + name + ".weight"));
    }

    private Stream<String> norms() {
        return Stream.of(attentionNorm, attentionPostNorm, feedForwardNorm, feedForwardPostNorm, queryNorm, keyNorm);
    }

    /** As constants of the program. */
    Map<String, Object> constants() {
        return Map.ofEntries(
                Map.entry("embedding", embedding),
                Map.entry("positions", positions),
                Map.entry("layer_name", layer),
                Map.entry("query", query),
                Map.entry("key", key),
                Map.entry("value", value),
                Map.entry("query_key_value", queryKeyValue),
                Map.entry("output", output),
                Map.entry("gate", gate),
                Map.entry("up", up),
                Map.entry("gate_up", gateUp),
                Map.entry("down", down),
                Map.entry("attention_norm", attentionNorm),
                Map.entry("attention_post_norm", attentionPostNorm),
                Map.entry("feed_forward_norm", feedForwardNorm),
                Map.entry("feed_forward_post_norm", feedForwardPostNorm),
                Map.entry("query_norm_name", queryNorm),
                Map.entry("key_norm_name", keyNorm),
                Map.entry("final_norm", finalNorm));
    }
}
