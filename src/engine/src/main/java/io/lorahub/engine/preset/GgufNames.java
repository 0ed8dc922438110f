package io.lorahub.engine.preset;

import io.lorahub.engine.model.family.CausalConfig;
import io.lorahub.engine.model.family.ModuleNames;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The names of a decoder-only model's layers in llama.cpp, and the order of their rows there. llama.cpp turns pairs of
 * neighbouring values in the models whose architecture came from Llama, where transformers turns the two halves of a
 * head, so it stores the rows of queries and keys in another order. It groups GPT-NeoX's fused projection by queries,
 * keys and values instead of by heads.
 */
final class GgufNames {

    /** llama.cpp's architecture by model_type; others have the same name. */
    private static final Map<String, String> ARCHITECTURES =
            Map.of("mistral", "llama", "olmo3", "olmo2", "gemma3_text", "gemma3", "gpt_neox", "gptneox");

    private static final Set<String> PAIRED = Set.of("llama", "mistral", "granite", "smollm3");

    private final CausalConfig config;
    private final Map<String, String> names = new HashMap<>();

    GgufNames(CausalConfig config) {
        this.config = config;
        ModuleNames hf = config.names();
        for (int i = 0; i < config.layers(); i++) {
            String from = hf.layer.replace("{}", Integer.toString(i));
            String to = "blk." + i + ".";
            put(from, hf.query, to + "attn_q");
            put(from, hf.key, to + "attn_k");
            put(from, hf.value, to + "attn_v");
            put(from, hf.queryKeyValue, to + "attn_qkv");
            put(from, hf.output, to + "attn_output");
            put(from, hf.gate, to + "ffn_gate");
            put(from, hf.up, to + "ffn_up");
            put(from, hf.gateUp, to + "ffn_up"); // both in one tensor, the gate first
            put(from, hf.down, to + "ffn_down");
        }
        names.put(hf.head, "output");
    }

    private void put(String layer, String module, String gguf) {
        if (!module.isEmpty() && config.modules().containsKey(layer + module)) names.put(layer + module, gguf);
    }

    /** The name of the architecture. */
    String architecture() {
        return ARCHITECTURES.getOrDefault(config.modelType(), config.modelType());
    }

    /** The name of the weight of a module. */
    String weight(String module) {
        return names.get(module) + ".weight";
    }

    /** Whether any rows have another order than in the Hugging Face layout. */
    boolean reorders() {
        return PAIRED.contains(config.modelType()) || config.modelType().equals("gpt_neox");
    }

    /** For each row of the weight in llama.cpp its row in the Hugging Face layout; empty if the order is the same. */
    int[] rows(String module) {
        CausalConfig.Attention attention = config.attention();
        ModuleNames hf = config.names();
        if (PAIRED.contains(config.modelType())) {
            if (module.endsWith("." + hf.query)) return pairs(attention.heads(), attention.headWidth());
            if (module.endsWith("." + hf.key)) return pairs(attention.keyValueHeads(), attention.headWidth());
        }
        if (config.modelType().equals("gpt_neox") && module.endsWith("." + hf.queryKeyValue)) {
            return grouped(attention.heads(), attention.headWidth());
        }
        return new int[0];
    }

    /** Value i of the first half of a head goes to 2·i, that of the second half to 2·i + 1. */
    private static int[] pairs(int heads, int width) {
        int[] rows = new int[heads * width];
        int half = width / 2;
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < half; i++) {
                rows[head * width + 2 * i] = head * width + i;
                rows[head * width + 2 * i + 1] = head * width + half + i;
            }
        }
        return rows;
    }

    /** From [heads, 3, width] to [3, heads, width]. */
    private static int[] grouped(int heads, int width) {
        int[] rows = new int[3 * heads * width];
        for (int part = 0; part < 3; part++) {
            for (int head = 0; head < heads; head++) {
                for (int i = 0; i < width; i++) {
                    rows[(part * heads + head) * width + i] = (head * 3 + part) * width + i;
                }
            }
        }
        return rows;
    }
}
