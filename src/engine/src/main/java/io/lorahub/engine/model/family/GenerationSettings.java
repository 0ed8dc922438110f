package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model's generation settings, from generation_config.json or, for missing values, config.json (transformers'
 * GenerationConfig). LoraHub decodes greedily.
 *
 * @param start   the token that decoding begins with; empty if it continues the input
 * @param ends    the tokens that end it
 * @param unsupported settings that change transformers' output and that LoraHub does not support, such as
 *                {@code repetition_penalty 1.2}
 */
public record GenerationSettings(OptionalInt start, List<Integer> ends, List<String> unsupported) {

    /** A setting, and the value at which it has no effect. */
    private record Neutral(String key, double value) {}

    private static final List<Neutral> NUMBERS = List.of(
            new Neutral("repetition_penalty", 1),
            new Neutral("encoder_repetition_penalty", 1),
            new Neutral("no_repeat_ngram_size", 0),
            new Neutral("encoder_no_repeat_ngram_size", 0),
            new Neutral("min_length", 0),
            new Neutral("min_new_tokens", 0),
            new Neutral("num_beams", 1));

    private static final List<String> TOKENS = List.of(
            "forced_bos_token_id", "forced_eos_token_id", "suppress_tokens", "begin_suppress_tokens", "bad_words_ids");

    /** Throws EngineException if a token id is invalid or beyond the vocabulary. */
    public static GenerationSettings of(ModelConfig config, JsonNode model, JsonNode generation) {
        List<Integer> ends = firstKnown("eos_token_id", generation, model);
        GenerationSettings settings = new GenerationSettings(
                start(config, model, generation),
                ends.isEmpty() ? List.of(config.end()) : List.copyOf(ends),
                // transformers reads these from config.json only if there is no generation_config.json
                unsupported(generation.isMissingNode() ? model : generation));
        settings.check(config);
        return settings;
    }

    private static OptionalInt start(ModelConfig config, JsonNode model, JsonNode generation) {
        List<Integer> starts = firstKnown("decoder_start_token_id", generation, model);
        return config.startToken().isEmpty() || starts.isEmpty() ? config.startToken() : OptionalInt.of(starts.get(0));
    }

    private static List<Integer> firstKnown(String key, JsonNode generation, JsonNode model) {
        List<Integer> ids = TokenIds.of(generation, key);
        return ids.isEmpty() ? TokenIds.of(model, key) : ids;
    }

    private static List<String> unsupported(JsonNode json) {
        List<String> unsupported = new ArrayList<>();
        for (Neutral number : NUMBERS) {
            if (json.path(number.key).asDouble(number.value) != number.value) {
                unsupported.add(number.key + " " + json.get(number.key));
            }
        }
        for (String key : TOKENS) {
            JsonNode value = json.path(key);
            if (value.isInt() || value.isArray() && !value.isEmpty()) unsupported.add(key);
        }
        if (json.path("do_sample").asBoolean(false)) unsupported.add("do_sample");
        return List.copyOf(unsupported);
    }

    private void check(ModelConfig config) {
        List<Integer> ids = new ArrayList<>(ends);
        start.ifPresent(ids::add);
        for (int id : ids) {
            if (id < 0 || id >= config.vocabulary()) {
                throw new EngineException(
                        "generation_config.json names the token %d, but the model knows the tokens 0 to %d."
                                .formatted(id, config.vocabulary() - 1));
            }
        }
    }
}
