package io.lorahub.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.EngineException;
import java.util.Set;

/**
 * The architecture, from config.json of a Hugging Face model (transformers' T5Config and its defaults).
 *
 * @param activation transformers' name: relu, gelu_new, gelu or silu
 * @param tied       whether the output layer is the input embedding, scaled by d_model^-0.5
 */
public record T5Config(
        int vocabulary,
        int dModel,
        int dKv,
        int dFf,
        int heads,
        int layers,
        int decoderLayers,
        int buckets,
        int maxDistance,
        double epsilon,
        boolean gated,
        String activation,
        boolean tied,
        int pad,
        int end,
        int start) {

    private static final Set<String> ACTIVATIONS = Set.of("relu", "gelu_new", "gelu", "silu");

    /** Throws EngineException for another family, or a value that makes no model. */
    public static T5Config of(JsonNode json) {
        String family = json.path("model_type").asText("");
        if (!family.equals("t5")) {
            throw new EngineException("The model is of the family \"%s\"; LoraHub runs t5 (T5 v1.0, v1.1 and Flan-T5)."
                    .formatted(family));
        }
        // transformers: feed_forward_proj is "relu" or "gated-gelu"; "gated-gelu" means gelu_new for old checkpoints
        String projection = json.path("feed_forward_proj").asText("relu");
        boolean gated = projection.startsWith("gated-");
        String activation = gated ? projection.substring("gated-".length()) : projection;
        if (projection.equals("gated-gelu")) {
            activation = "gelu_new";
        }
        if (!ACTIVATIONS.contains(activation)) {
            throw new EngineException(
                    "The activation \"%s\" (feed_forward_proj in config.json) is not supported; %s are."
                            .formatted(projection, ACTIVATIONS));
        }
        int layers = positive(json, "num_layers", 6);
        return new T5Config(
                positive(json, "vocab_size", 32128),
                positive(json, "d_model", 512),
                positive(json, "d_kv", 64),
                positive(json, "d_ff", 2048),
                positive(json, "num_heads", 8),
                layers,
                positive(json, "num_decoder_layers", layers),
                positive(json, "relative_attention_num_buckets", 32),
                positive(json, "relative_attention_max_distance", 128),
                json.path("layer_norm_epsilon").asDouble(1e-6),
                gated,
                activation,
                json.path("tie_word_embeddings").asBoolean(true),
                json.path("pad_token_id").asInt(0),
                json.path("eos_token_id").asInt(1),
                json.path("decoder_start_token_id")
                        .asInt(json.path("pad_token_id").asInt(0)));
    }

    private static int positive(JsonNode json, String key, int otherwise) {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() <= 0) {
            throw new EngineException(
                    "\"%s\" in config.json must be a positive whole number, but is %s.".formatted(key, value));
        }
        return value.asInt();
    }

    /** Attention width: heads times d_kv. */
    int inner() {
        return heads * dKv;
    }
}
