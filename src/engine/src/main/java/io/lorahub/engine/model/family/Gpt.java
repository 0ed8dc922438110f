package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.family.CausalConfig.Projection;
import java.util.List;

/** GPT-2 and GPT-NeoX (Pythia): layer norms and biases, one projection for queries, keys and values, no gate. */
final class Gpt {

    private Gpt() {}

    /** Learned positions; weights stored as [in, out]. */
    static CausalConfig gpt2(JsonNode json) {
        CausalBuilder b = CausalBuilder.empty(json);
        b.vocabulary = b.json.positive("vocab_size", 50257);
        b.width = b.json.positive("n_embd", 768);
        b.layers = b.json.layers("n_layer", 12);
        b.context = b.json.positive("n_positions", 1024);
        b.heads = b.json.positive("n_head", 12);
        b.inner = b.json.positive("n_inner", 4 * b.width);
        b.activation = Activation.named(b.json.text("activation_function", "gelu_new"), "activation_function");
        b.epsilon = b.json.notNegative("layer_norm_epsilon", 1e-5);
        b.projection = Projection.FUSED;
        common(b);
        if (!b.json.flag("scale_attn_weights", true)) b.attentionScale = 1;
        b.scaleByLayer = b.json.flag("scale_attn_by_inverse_layer_idx", false);
        b.tied = b.json.flag("tie_word_embeddings", true);
        b.transposed = true;
        b.end = 50256;
        b.names.embedding = "transformer.wte";
        b.names.positions = "transformer.wpe";
        b.names.layer = "transformer.h.{}.";
        b.names.queryKeyValue = "attn.c_attn";
        b.names.output = "attn.c_proj";
        b.names.up = "mlp.c_fc";
        b.names.down = "mlp.c_proj";
        b.names.attentionNorm = "ln_1";
        b.names.feedForwardNorm = "ln_2";
        b.names.finalNorm = "transformer.ln_f";
        b.names.head = "lm_head";
        return b.build();
    }

    /** Attention and feed-forward side by side; only a part of each head turns with the position. */
    static CausalConfig gptNeoX(JsonNode json) {
        CausalBuilder b = CausalBuilder.empty(json);
        b.vocabulary = b.json.positive("vocab_size", 50432);
        b.width = b.json.positive("hidden_size", 6144);
        b.layers = b.json.layers("num_hidden_layers", 44);
        b.context = b.json.positive("max_position_embeddings", 2048);
        b.heads = b.json.positive("num_attention_heads", 64);
        b.inner = b.json.positive("intermediate_size", 24576);
        b.activation = Activation.named(b.json.text("hidden_act", "gelu"), "hidden_act");
        b.epsilon = b.json.notNegative("layer_norm_eps", 1e-5);
        b.projection = Projection.INTERLEAVED;
        common(b);
        b.biasEverywhere(b.json.flag("attention_bias", true), true);
        b.parallel = b.json.flag("use_parallel_residual", true);
        double part = RopeReader.partOfHead(b.json, b.json.number("rotary_pct", 0.25));
        JsonNode scaling = b.json.at(b.json.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
        double theta = b.json.number("rotary_emb_base", 10_000);
        b.ropes = List.of(RopeReader.of(b.json, scaling, (int) (b.headWidth * part), b.context, theta));
        b.tied = b.json.flag("tie_word_embeddings", false);
        b.end = 2;
        b.names.embedding = "gpt_neox.embed_in";
        b.names.layer = "gpt_neox.layers.{}.";
        b.names.queryKeyValue = "attention.query_key_value";
        b.names.output = "attention.dense";
        b.names.up = "mlp.dense_h_to_4h";
        b.names.down = "mlp.dense_4h_to_h";
        b.names.finalNorm = "gpt_neox.final_layer_norm";
        b.names.head = "embed_out";
        return b.build();
    }

    private static void common(CausalBuilder b) {
        if (b.width % b.heads != 0) {
            throw new EngineException(
                    "The width %d in config.json is not a multiple of the %d heads.".formatted(b.width, b.heads));
        }
        b.keyValueHeads = b.heads;
        b.headWidth = b.width / b.heads;
        b.attentionScale = Math.pow(b.headWidth, -0.5);
        b.biasEverywhere(true, true);
        b.gated = false;
        b.layerNorm = true;
        b.names.query = "";
        b.names.key = "";
        b.names.value = "";
        b.names.gate = "";
        b.names.gateUp = "";
        b.names.queryNorm = "";
        b.names.keyNorm = "";
    }
}
