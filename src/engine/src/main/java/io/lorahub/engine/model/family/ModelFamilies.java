package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** The families of models that the engine can run, by their {@code model_type}. */
public final class ModelFamilies {

    /** Reads config.json of one family. */
    interface Reader {
        /** @param tensors names of the model's tensors; empty if they are not known yet */
        ModelConfig read(JsonNode json, Set<String> tensors);
    }

    private static final TreeMap<String, Reader> READERS = new TreeMap<>();

    static {
        READERS.put("t5", T5Config::of);
        READERS.put("llama", (json, tensors) -> Llama.llama(json));
        READERS.put("mistral", (json, tensors) -> Llama.mistral(json));
        READERS.put("ministral", (json, tensors) -> Llama.mistral(json));
        READERS.put("granite", (json, tensors) -> Llama.granite(json));
        READERS.put("smollm3", (json, tensors) -> Llama.smolLm3(json));
        READERS.put("olmo2", (json, tensors) -> Llama.olmo2(json));
        READERS.put("olmo3", (json, tensors) -> Llama.olmo3(json));
        READERS.put("phi3", (json, tensors) -> Llama.phi3(json));
        READERS.put("qwen2", (json, tensors) -> Qwen.qwen2(json));
        READERS.put("qwen3", (json, tensors) -> Qwen.qwen3(json));
        READERS.put("gemma", (json, tensors) -> Gemma.gemma(json));
        READERS.put("gemma2", (json, tensors) -> Gemma.gemma2(json));
        READERS.put("gemma3_text", (json, tensors) -> Gemma.gemma3(json));
        READERS.put("gpt2", (json, tensors) -> Gpt.gpt2(json));
        READERS.put("gpt_neox", (json, tensors) -> Gpt.gptNeoX(json));
    }

    /** Keys of config.json that only mixtures of experts have. */
    private static final List<String> EXPERTS =
            List.of("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "num_experts_per_tok");

    /** The last parts of the names of linear layers, in all families. */
    private static final Set<String> LINEAR_LAYERS = Set.of(
            "q",
            "k",
            "v",
            "o",
            "wi",
            "wi_0",
            "wi_1",
            "wo",
            "q_proj",
            "k_proj",
            "v_proj",
            "o_proj",
            "qkv_proj",
            "gate_proj",
            "up_proj",
            "gate_up_proj",
            "down_proj",
            "c_attn",
            "c_proj",
            "c_fc",
            "query_key_value",
            "dense",
            "dense_h_to_4h",
            "dense_4h_to_h",
            "lm_head",
            "embed_out");

    private ModelFamilies() {}

    /** Whether some family may have a linear layer of this name, or with a name that ends with it. */
    public static boolean mayHave(String module) {
        return LINEAR_LAYERS.contains(module.substring(module.lastIndexOf('.') + 1));
    }

    /** The supported values of {@code model_type}. */
    public static Set<String> known() {
        return READERS.keySet();
    }

    /** Reads config.json without knowing the weights. */
    public static ModelConfig of(JsonNode json) {
        return of(json, Set.of());
    }

    /**
     * Reads config.json.
     *
     * @param tensors names of the model's tensors, which decide what config.json leaves open
     * @throws EngineException for an unknown family or an invalid value
     */
    public static ModelConfig of(JsonNode json, Set<String> tensors) {
        String family = json.path("model_type").asText("");
        Reader reader = READERS.get(family);
        refuse(json, family);
        if (family.isBlank()) {
            throw new EngineException(
                    "config.json names no family (model_type), so it isn't a model's; get the model's own again. LoraHub runs %s."
                            .formatted(String.join(", ", known())));
        }
        if (reader == null) {
            throw new EngineException("The model is of the family \"%s\", which LoraHub does not run. It runs %s."
                    .formatted(family, String.join(", ", known())));
        }
        return reader.read(json, tensors);
    }

    private static void refuse(JsonNode json, String family) {
        if (EXPERTS.stream().anyMatch(key -> json.path(key).asInt() > 1)) {
            throw new EngineException(
                    "The model (%s) is a mixture of experts, which LoraHub does not run. Use a dense model."
                            .formatted(family));
        }
        JsonNode quantization = json.path("quantization_config");
        if (quantization.isObject()) {
            throw new EngineException(
                    "The model is quantised (%s), which LoraHub does not run. Use the original weights, in float32, float16 or bfloat16."
                            .formatted(quantization.path("quant_method").asText("unknown method")));
        }
    }
}
