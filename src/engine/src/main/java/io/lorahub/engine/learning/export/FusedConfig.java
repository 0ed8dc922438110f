package io.lorahub.engine.learning.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.tokenizer.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The configuration of a full model: the base model's, with what its weights or older programs need. */
final class FusedConfig {

    private static final ObjectMapper JSON = new ObjectMapper();

    private FusedConfig() {}

    /**
     * Changes a copied config.json; leaves it as it is where nothing has to change.
     *
     * @param untied whether the output layer has got a weight of its own
     */
    static void adapt(Path file, boolean untied) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        ObjectNode before = config.deepCopy();
        if (untied) {
            config.put("tie_word_embeddings", false);
            // the key that transformers 5 reads
            if (config.has("scale_decoder_outputs")) config.put("scale_decoder_outputs", false);
        }
        if (config.path("rope_parameters").isObject()) addRotaryKeys(config, config.get("rope_parameters"));
        if (!config.equals(before)) JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), config);
    }

    /** Names in a copied tokenizer_config.json what transformers 4 fails with by the names that both versions know. */
    static void adaptTokenizer(Path file) throws IOException {
        ObjectNode config = (ObjectNode) JsonFile.read(file);
        ObjectNode before = config.deepCopy();
        if (config.path("tokenizer_class").asText().equals("TokenizersBackend")) {
            config.put("tokenizer_class", "PreTrainedTokenizerFast");
        }
        if (config.path("extra_special_tokens").isArray()) {
            config.set("additional_special_tokens", config.remove("extra_special_tokens"));
        }
        if (!config.equals(before)) JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), config);
    }

    /**
     * Adds the keys of transformers 4 beside rope_parameters, which only transformers 5 reads. transformers 4 would not
     * fail without them, but compute with its defaults.
     */
    private static void addRotaryKeys(ObjectNode config, JsonNode parameters) {
        boolean byLayer = parameters.has("full_attention"); // Gemma 3
        JsonNode full = byLayer ? parameters.get("full_attention") : parameters;
        String family = config.path("model_type").asText();
        boolean neoX = family.equals("gpt_neox");
        copy(full, "rope_theta", config, neoX ? "rotary_emb_base" : "rope_theta");
        copy(full, "partial_rotary_factor", config, neoX ? "rotary_pct" : "partial_rotary_factor");
        if (byLayer) copy(parameters.path("sliding_attention"), "rope_theta", config, "rope_local_base_freq");
        String type = full.path("rope_type").asText(full.path("type").asText("default"));
        if (type.equals("default")) {
            config.remove("rope_scaling");
            return;
        }
        if (type.equals("longrope")) {
            copy(full, "original_max_position_embeddings", config, "original_max_position_embeddings");
        }
        ObjectNode scaling = full.deepCopy();
        if (family.equals("phi3")) { // which takes these keys and no others
            scaling.retain(List.of("short_factor", "long_factor"));
            scaling.put("type", type);
        } else {
            scaling.remove(List.of("rope_theta", "partial_rotary_factor"));
        }
        config.set("rope_scaling", scaling);
    }

    private static void copy(JsonNode from, String key, ObjectNode to, String newKey) {
        if (from.hasNonNull(key)) to.set(newKey, from.get(key));
    }
}
