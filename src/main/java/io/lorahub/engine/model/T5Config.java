package io.lorahub.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.util.List;
import java.util.Set;

/**
 * The architecture, from config.json of a Hugging Face model (transformers' T5Config and its defaults).
 *
 * @param activation transformers' name: relu, gelu_new, gelu or silu
 * @param tied       whether the weight of the output layer is the input embedding
 * @param scaled     whether the last states are multiplied by d_model^-0.5 before the output layer
 * @param start      the token that labels are shifted behind; generation may begin with another
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
        boolean scaled,
        int pad,
        int end,
        int start) {

    private static final Set<String> ACTIVATIONS = Set.of("relu", "gelu_new", "gelu", "silu");

    /** Throws EngineException for another family or an invalid value. */
    public static T5Config of(JsonNode json) {
        return of(json, Set.of());
    }

    /**
     * Also uses information that only the weights provide: transformers 5 writes tie_word_embeddings true for every
     * model and stores whether it scales as scale_decoder_outputs. The output layer has its own weight if the files
     * contain one.
     *
     * @param tensors names of the model's tensors
     */
    public static T5Config of(JsonNode json, Set<String> tensors) {
        String family = json.path("model_type").asText("");
        if (!family.equals("t5")) {
            throw new EngineException("The model is of the family \"%s\"; LoraHub runs t5 (T5 v1.0, v1.1 and Flan-T5)."
                    .formatted(family));
        }
        // transformers: feed_forward_proj is "relu" or "gated-gelu", which means gelu_new; is_gated_act and
        // dense_act_fn are read last and override it
        String projection = json.path("feed_forward_proj").asText("relu");
        boolean gated = projection.startsWith("gated-");
        String activation = gated ? projection.substring("gated-".length()) : projection;
        if (projection.equals("gated-gelu")) {
            activation = "gelu_new";
        }
        gated = json.path("is_gated_act").asBoolean(gated);
        activation = json.path("dense_act_fn").asText(activation);
        if (!ACTIVATIONS.contains(activation)) {
            throw new EngineException(
                    "The activation \"%s\" (feed_forward_proj or dense_act_fn in config.json) is not supported; %s are."
                            .formatted(activation, ACTIVATIONS));
        }
        int layers = positive(json, "num_layers", 6);
        int vocabulary = positive(json, "vocab_size", 32128);
        double epsilon = json.path("layer_norm_epsilon").asDouble(1e-6);
        if (!(epsilon >= 0)) {
            throw new EngineException(
                    "\"layer_norm_epsilon\" in config.json must not be below 0, but is %s.".formatted(epsilon));
        }
        int pad = token(json, "pad_token_id", 0, vocabulary);
        boolean tied = json.path("tie_word_embeddings").asBoolean(true);
        JsonNode scale = json.path("scale_decoder_outputs");
        return new T5Config(
                vocabulary,
                positive(json, "d_model", 512),
                positive(json, "d_kv", 64),
                positive(json, "d_ff", 2048),
                positive(json, "num_heads", 8),
                layers,
                positive(json, "num_decoder_layers", layers),
                positive(json, "relative_attention_num_buckets", 32),
                positive(json, "relative_attention_max_distance", 128),
                epsilon,
                gated,
                activation,
                scale.isBoolean() ? !tensors.contains("lm_head.weight") : tied,
                scale.asBoolean(tied),
                pad,
                token(json, "eos_token_id", 1, vocabulary),
                token(json, "decoder_start_token_id", pad, vocabulary));
    }

    /** Returns one token id, the first if there is a list. */
    private static int token(JsonNode json, String key, int otherwise, int vocabulary) {
        List<Integer> ids = TokenIds.of(json, key);
        int id = ids.isEmpty() ? otherwise : ids.get(0);
        if (id < 0 || id >= vocabulary) {
            throw new EngineException("\"%s\" in config.json is %d, but the model knows the tokens 0 to %d."
                    .formatted(key, id, vocabulary - 1));
        }
        return id;
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
