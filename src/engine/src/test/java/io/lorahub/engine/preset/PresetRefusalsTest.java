package io.lorahub.engine.preset;

import static io.lorahub.engine.preset.ReferenceExports.adapter;
import static io.lorahub.engine.preset.ReferenceExports.base;
import static io.lorahub.engine.preset.ReferenceExports.export;
import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that a program would not load are refused before anything is written. */
class PresetRefusalsTest {

    @TempDir
    Path dir;

    @Test
    void what_a_program_does_not_load_is_refused_by_name() {
        assertRefused(
                "gpt2",
                "a",
                ExportPreset.VLLM,
                "vLLM doesn't load adapters for models of the family gpt2, only for gemma");
        assertRefused("qwen3", "a", ExportPreset.OLLAMA, "Ollama doesn't load adapters for models of the family qwen3");
        Path t5 = anAdapter().in(dir, "t5");
        for (ExportPreset preset : ExportPreset.values()) {
            if (preset.needsBase()) continue;
            try (LoraAdapter adapter = LoraAdapter.load(t5)) {
                if (preset == ExportPreset.PEFT) {
                    PresetExport.requirePossible(adapter, KeptModules.NONE, Optional.empty(), preset);
                } else {
                    assertThatThrownBy(() ->
                                    PresetExport.requirePossible(adapter, KeptModules.NONE, Optional.empty(), preset))
                            .isInstanceOf(EngineException.class)
                            .hasMessageContaining(
                                    "%s doesn't load adapters for models of the family t5", preset.title());
                }
            }
        }
        Path biased = anAdapter()
                .withBiases()
                .adapting("model.layers.0.self_attn.q_proj")
                .in(dir, "biased");
        try (LoraAdapter adapter = LoraAdapter.load(biased)) {
            assertThatThrownBy(() -> PresetExport.requirePossible(
                            adapter, KeptModules.NONE, Optional.empty(), ExportPreset.VLLM))
                    .hasMessageContaining("it adds a bias (lora_bias) in model.layers.0.self_attn.q_proj");
            assertThatThrownBy(() ->
                            PresetExport.requirePossible(adapter, KeptModules.NONE, base("llama"), ExportPreset.PEFT))
                    .hasMessageContaining("from 6 to 4 values, but in the base model it goes from 48 to 48");
            assertThatThrownBy(() ->
                            PresetExport.requirePossible(adapter, KeptModules.NONE, Optional.empty(), ExportPreset.MLX))
                    .hasMessageContaining("it needs the base model's config.json");
        }
    }

    @Test
    void a_tied_output_layer_is_refused() {
        Path head = anAdapter().ofShape(200, 48).adapting("lm_head").in(dir, "head");
        try (LoraAdapter adapter = LoraAdapter.load(head)) {
            assertThatThrownBy(() -> PresetExport.requirePossible(
                            adapter, KeptModules.NONE, base("llama-tied"), ExportPreset.LLAMA_CPP))
                    .hasMessageContaining("the output layer lm_head, whose weight is the input embedding");
        }
    }

    private void assertRefused(String model, String name, ExportPreset preset, String message) {
        assertThatThrownBy(() -> export(model, name, preset, PresetOptions.standard(), dir.resolve("no")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
        assertThat(dir.resolve("no")).doesNotExist();
    }
}
