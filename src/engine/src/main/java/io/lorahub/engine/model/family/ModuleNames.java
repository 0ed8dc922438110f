package io.lorahub.engine.model.family;

import java.util.Map;
import java.util.stream.Stream;

/**
 * The Hugging Face names of a decoder-only model's modules: those that Llama introduced and most families use, unless a family
 * sets others. Those of a layer follow its prefix. An empty name stands for a module that the family does not have.
 */
public final class ModuleNames {

    public String embedding = "model.embed_tokens";

    /** Learned positions. */
    public String positions = "";

    /** Prefix of a layer's modules, with {} for its number. */
    public String layer = "model.layers.{}.";

    public String query = "self_attn.q_proj";
    public String key = "self_attn.k_proj";
    public String value = "self_attn.v_proj";

    /** The fused projection, instead of the three. */
    public String queryKeyValue = "self_attn.qkv_proj";

    public String output = "self_attn.o_proj";
    public String gate = "mlp.gate_proj";
    public String up = "mlp.up_proj";

    /** The fused projection, instead of the two. */
    public String gateUp = "mlp.gate_up_proj";

    public String down = "mlp.down_proj";

    /** Before attention. */
    public String attentionNorm = "input_layernorm";

    /** After attention. */
    public String attentionPostNorm = "";

    /** Before the feed-forward part. */
    public String feedForwardNorm = "post_attention_layernorm";

    /** After the feed-forward part. */
    public String feedForwardPostNorm = "";

    public String queryNorm = "self_attn.q_norm";
    public String keyNorm = "self_attn.k_norm";
    public String finalNorm = "model.norm";

    /** The output layer. */
    public String head = "lm_head";

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
