package io.lorahub.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The special tokens of a tokenizer as transformers finds them: in tokenizer_config.json, in special_tokens_map.json
 * for tokenizers older than added_tokens_decoder, or as defaults of the tokenizer's class.
 *
 * @param values    names such as {@code bos_token} with their texts, or with a list of texts
 * @param wrapped   whether the tokenizer's class puts bos_token and eos_token around a text itself, whatever
 *                  tokenizer.json says, as those of Llama, Gemma and GPT-NeoX do
 * @param addsBegin whether such a class puts bos_token before a text
 * @param addsEnd   whether such a class puts eos_token after a text
 */
public record SpecialTokens(Map<String, Object> values, boolean wrapped, boolean addsBegin, boolean addsEnd) {

    public static final String BEGIN = "bos_token";
    public static final String END = "eos_token";

    private static final List<String> NAMES =
            List.of(BEGIN, END, "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");
    private static final String MORE = "additional_special_tokens";
    private static final String TEXT_END = "<|endoftext|>";

    /** Classes by the first part of their name, and what they assume. */
    private enum TokenizerClass {
        LLAMA(Map.of(BEGIN, "<s>", END, "</s>", "unk_token", "<unk>"), true, true),
        GEMMA(Map.of(BEGIN, "<bos>", END, "<eos>", "unk_token", "<unk>", "pad_token", "<pad>"), true, true),
        GPT_NEOX(Map.of(BEGIN, TEXT_END, END, TEXT_END, "unk_token", TEXT_END), true, false),
        GPT2(Map.of(BEGIN, TEXT_END, END, TEXT_END, "unk_token", TEXT_END), false, false),
        QWEN2(Map.of(END, TEXT_END, "unk_token", TEXT_END, "pad_token", TEXT_END), false, false),
        T5(Map.of(END, "</s>", "unk_token", "<unk>", "pad_token", "<pad>"), false, false),
        OTHER(Map.of(), false, false);

        private final Map<String, String> defaults;
        private final boolean wraps;
        private final boolean begins;

        TokenizerClass(Map<String, String> defaults, boolean wraps, boolean begins) {
            this.defaults = defaults;
            this.wraps = wraps;
            this.begins = begins;
        }

        /** AutoTokenizer chooses by tokenizer_class, or by the model's type where that is missing. */
        static TokenizerClass of(JsonNode tokenizer, JsonNode model) {
            String name = tokenizer.path("tokenizer_class").asText("");
            if (!name.isEmpty()) {
                return switch (name.replaceFirst("Fast$", "")) {
                    case "LlamaTokenizer", "CodeLlamaTokenizer" -> LLAMA;
                    case "GemmaTokenizer" -> GEMMA;
                    case "GPTNeoXTokenizer" -> GPT_NEOX;
                    case "GPT2Tokenizer" -> GPT2;
                    case "Qwen2Tokenizer" -> QWEN2;
                    case "T5Tokenizer" -> T5;
                    default -> OTHER;
                };
            }
            return switch (model.path("model_type").asText("")) {
                case "llama", "ministral", "mistral", "phi3" -> LLAMA;
                case "gemma", "gemma2", "gemma3", "gemma3_text" -> GEMMA;
                case "gpt_neox" -> GPT_NEOX;
                case "gpt2", "olmo2", "granite" -> GPT2;
                case "qwen2", "qwen3" -> QWEN2;
                case "t5" -> T5;
                default -> OTHER;
            };
        }
    }

    /** Throws EngineException if a file cannot be read, or if the begin or end token that is to be added has no name. */
    static SpecialTokens of(Path folder, JsonNode config) {
        TokenizerClass type = TokenizerClass.of(config, JsonFile.read(folder.resolve("config.json")));
        Map<String, Object> values = new LinkedHashMap<>(type.defaults);
        read(config, values);
        if (!config.has("added_tokens_decoder")) {
            read(JsonFile.read(folder.resolve("special_tokens_map.json")), values);
        }
        boolean begins = type.wraps && config.path("add_bos_token").asBoolean(type.begins);
        boolean ends = type.wraps && config.path("add_eos_token").asBoolean(false);
        SpecialTokens tokens = new SpecialTokens(values, type.wraps, begins, ends);
        if (begins && tokens.begin().isEmpty() || ends && tokens.end().isEmpty()) {
            throw new EngineException(
                    "tokenizer_config.json says that the tokenizer adds bos_token or eos_token, but names none.");
        }
        return tokens;
    }

    private static void read(JsonNode json, Map<String, Object> values) {
        for (String name : NAMES) {
            if (!json.has(name)) continue;
            String text = text(json.get(name));
            if (text == null) values.remove(name);
            else values.put(name, text);
        }
        json.path("extra_special_tokens").properties().forEach(token -> {
            if (text(token.getValue()) != null) values.put(token.getKey(), text(token.getValue()));
        });
        List<String> more = new ArrayList<>();
        json.path(MORE).forEach(token -> {
            if (text(token) != null) more.add(text(token));
        });
        if (!more.isEmpty()) values.put(MORE, more);
    }

    /** A token is a text or an object with the text as its content. */
    private static String text(JsonNode token) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        return text.isTextual() ? text.textValue() : null;
    }

    public Optional<String> begin() {
        return Optional.ofNullable((String) values.get(BEGIN));
    }

    public Optional<String> end() {
        return Optional.ofNullable((String) values.get(END));
    }
}
