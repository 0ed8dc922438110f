package io.lorahub.engine.preset;

import io.lorahub.engine.error.EngineException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The programs that LoraHub writes adapters for, with what each accepts. The sources of these facts, with their
 * versions, are in docs/guides/export.md.
 */
public enum ExportPreset {
    PEFT("peft", "PEFT", Layout.PEFT, Set.of()),
    VLLM("vllm", "vLLM", Layout.PEFT, Families.VLLM),
    SGLANG("sglang", "SGLang", Layout.PEFT, Families.SGLANG),
    LORAX("lorax", "LoRAX", Layout.PEFT, Families.LORAX),
    LLAMA_CPP("llama.cpp", "llama.cpp", Layout.GGUF, Families.DECODERS),
    MLX("mlx", "MLX", Layout.MLX, Families.DECODERS),
    OLLAMA("ollama", "Ollama", Layout.GGUF, Families.OLLAMA);

    /** The files of an adapter. */
    enum Layout {
        PEFT,
        GGUF,
        MLX
    }

    /** Families by {@code model_type}, for which the programs load adapters. */
    private static final class Families {
        private static final Set<String> LLAMA_LIKE = Set.of("llama", "mistral", "granite", "qwen2", "gemma", "gemma2");
        static final Set<String> LORAX = LLAMA_LIKE;
        static final Set<String> SGLANG = with(LLAMA_LIKE, "phi3", "qwen3", "gemma3_text", "olmo2");
        static final Set<String> VLLM = with(SGLANG, "olmo3", "smollm3");
        static final Set<String> DECODERS = with(VLLM, "gpt2", "gpt_neox");
        static final Set<String> OLLAMA = Set.of("llama", "mistral", "gemma", "gemma2");

        private static Set<String> with(Set<String> families, String... more) {
            return Stream.concat(families.stream(), Arrays.stream(more)).collect(Collectors.toUnmodifiableSet());
        }
    }

    /** What vLLM's server takes as --max-lora-rank, ascending. It loads adapters of every rank up to the one it got. */
    static final List<Integer> VLLM_MAX_LORA_RANK = List.of(1, 8, 16, 32, 64, 128, 256, 320, 512);

    private final String id;
    private final String title;
    private final Layout layout;
    private final Set<String> families;

    ExportPreset(String id, String title, Layout layout, Set<String> families) {
        this.id = id;
        this.title = title;
        this.layout = layout;
        this.families = families;
    }

    /** Throws EngineException for an unknown name. */
    public static ExportPreset named(String id) {
        return Arrays.stream(values())
                .filter(preset -> preset.id.equalsIgnoreCase(id))
                .findFirst()
                .orElseThrow(() ->
                        new EngineException("use one of %s (got \"%s\")".formatted(String.join(", ", ids()), id)));
    }

    /** The names on the command line, in order. */
    public static List<String> ids() {
        return Arrays.stream(values()).map(ExportPreset::id).toList();
    }

    /** The name on the command line and in addresses. */
    public String id() {
        return id;
    }

    /** The program's name as it is written. */
    public String title() {
        return title;
    }

    Layout layout() {
        return layout;
    }

    /** Whether the base model's config.json is needed to write the files. */
    public boolean needsBase() {
        return layout != Layout.PEFT || this == LORAX;
    }

    /** Whether the program loads adapters of a family. PEFT loads all. */
    public boolean serves(String family) {
        return families.isEmpty() || families.contains(family);
    }

    /** The families whose adapters the program loads, sorted; empty for all. */
    public Set<String> families() {
        return new TreeSet<>(families);
    }

    /** The largest rank that the program loads: of vLLM, the largest value of its --max-lora-rank. Empty for any. */
    public Optional<Integer> largestRank() {
        return this == VLLM ? Optional.of(VLLM_MAX_LORA_RANK.get(VLLM_MAX_LORA_RANK.size() - 1)) : Optional.empty();
    }
}
