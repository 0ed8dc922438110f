package io.lorahub.engine.preset;

import static io.lorahub.engine.preset.ReferenceExports.adapter;
import static io.lorahub.engine.preset.ReferenceExports.export;
import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Deltas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PresetExportTest {

    @TempDir
    Path dir;

    private static PresetOptions rank(int rank) {
        return new PresetOptions(OptionalInt.of(rank), OptionalDouble.empty(), FactorType.FLOAT32, false);
    }

    private static void assertSame(LoraAdapter expected, LoraAdapter actual, double tolerance) {
        assertThat(actual.modules().keySet()).containsAll(expected.modules().keySet());
        expected.modules()
                .forEach((name, module) -> assertThat(Deltas.relativeDifference(
                                Deltas.of(actual.modules().get(name)), Deltas.of(module)))
                        .as(name)
                        .isLessThan(tolerance));
    }

    @ParameterizedTest
    @EnumSource(names = {"PEFT", "VLLM", "SGLANG", "LORAX"})
    void programs_that_read_peft_files_get_one_rank_and_no_patterns(ExportPreset preset) throws IOException {
        Path out = dir.resolve("out");
        PresetReport report = export("llama", "b", preset, PresetOptions.standard(), out);

        JsonNode config =
                new ObjectMapper().readTree(out.resolve("adapter_config.json").toFile());
        int rank = 3; // also for vLLM, whose server refuses only ranks above its --max-lora-rank
        assertThat(report.rank()).isEqualTo(rank);
        assertThat(config.get("r").asInt()).isEqualTo(rank);
        assertThat(config.get("lora_alpha").asInt()).isEqualTo(rank);
        assertThat(config.get("bias").asText()).isEqualTo("none");
        assertThat(config.get("use_rslora").asBoolean()).isFalse();
        assertThat(config.get("rank_pattern")).isEmpty();
        assertThat(config.get("alpha_pattern")).isEmpty();
        assertThat(config.get("modules_to_save").isNull()).isTrue();
        assertThat(config.get("target_modules").isArray()).isTrue();
        try (LoraAdapter source = adapter("llama", "b");
                LoraAdapter written = LoraAdapter.load(out)) {
            assertThat(written.modules().values()).allMatch(m -> m.rank() == rank);
            assertSame(source, written, 1e-6);
        }
    }

    @Test
    void lorax_gets_zeros_in_the_layers_that_an_adapter_leaves_out() {
        Path out = dir.resolve("out");
        PresetReport report = export("llama", "c", ExportPreset.LORAX, PresetOptions.standard(), out);
        try (LoraAdapter source = adapter("llama", "c");
                LoraAdapter written = LoraAdapter.load(out)) {
            assertThat(source.modules()).hasSizeLessThan(9);
            assertThat(written.modules()).hasSize(9); // k, o and q in 3 layers
            assertSame(source, written, 1e-6);
            written.modules().values().stream()
                    .filter(m -> !source.modules().containsKey(m.name()))
                    .forEach(m -> assertThat(Deltas.norm(Deltas.of(m))).isZero());
        }
        assertThat(report.changes()).anyMatch(c -> c.contains("modules of zeros are added"));
    }

    @Test
    void a_rank_above_the_highest_of_vllm_is_compressed_and_the_error_is_shown() {
        Path source = anAdapter()
                .ofRank(520)
                .ofShape(540, 540)
                .adapting("model.layers.0.self_attn.q_proj")
                .with("target_modules", "[\"q_proj\"]")
                .in(dir, "wide");
        try (LoraAdapter adapter = LoraAdapter.load(source)) {
            Path out = dir.resolve("out");
            PresetReport report = PresetExport.write(
                    adapter, KeptModules.NONE, Optional.empty(), "", ExportPreset.VLLM, PresetOptions.standard(), out);
            assertThat(report.ownRank()).isEqualTo(520);
            assertThat(report.rank()).isEqualTo(512);
            try (LoraAdapter written = LoraAdapter.load(out)) {
                LoraModule before = adapter.modules().values().iterator().next();
                LoraModule after = written.modules().values().iterator().next();
                assertThat(Deltas.relativeDifference(Deltas.of(after), Deltas.of(before)))
                        .isCloseTo(report.error(), within(1e-5))
                        .isGreaterThan(0);
            }
        }
    }

    @Test
    void a_rank_or_an_error_bound_compresses() {
        PresetReport two = export("llama", "a", ExportPreset.PEFT, rank(2), dir.resolve("two"));
        assertThat(two.rank()).isEqualTo(2);
        assertThat(two.error()).isBetween(0.01, 0.99);
        PresetReport bound = export(
                "llama",
                "a",
                ExportPreset.SGLANG,
                new PresetOptions(
                        OptionalInt.empty(), OptionalDouble.of(two.error() + 1e-6), FactorType.FLOAT32, false),
                dir.resolve("bound"));
        assertThat(bound.rank()).isEqualTo(2);
        assertThat(bound.error()).isEqualTo(two.error());
        PresetReport more = export("llama", "a", ExportPreset.MLX, rank(7), dir.resolve("more"));
        assertThat(more.rank()).isEqualTo(7);
        assertThat(more.lossless()).isTrue();
        assertThat(export("llama", "a", ExportPreset.VLLM, rank(12), dir.resolve("twelve"))
                        .rank())
                .isEqualTo(12);
        assertThatThrownBy(() -> export("llama", "a", ExportPreset.VLLM, rank(513), dir.resolve("no")))
                .hasMessage("vLLM loads ranks up to 512 (got 513).");
        assertThat(dir.resolve("no")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void what_rounding_loses_is_measured(FactorType type) {
        Path out = dir.resolve("out");
        PresetReport report = export(
                "llama",
                "b",
                ExportPreset.PEFT,
                new PresetOptions(OptionalInt.empty(), OptionalDouble.empty(), type, false),
                out);
        try (LoraAdapter source = adapter("llama", "b");
                LoraAdapter written = LoraAdapter.load(out)) {
            double total = 0;
            double lost = 0;
            for (LoraModule module : source.modules().values()) {
                double[][] delta = Deltas.of(module);
                LoraModule after = written.modules().get(module.name());
                assertThat(after.a().dtype()).isEqualTo(type.dtype());
                total += Math.pow(Deltas.norm(delta), 2);
                lost += Math.pow(Deltas.norm(Deltas.sum(Deltas.of(after), -1, delta)), 2);
            }
            assertThat(report.error())
                    .isCloseTo(Math.sqrt(lost / total), within(1e-6))
                    .isGreaterThan(1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama, model.layers.1.self_attn.q_proj, model.layers.1.self_attn.q_proj",
        "gpt2, transformer.h.1.attn.c_attn, model.h.1.attn.c_attn",
        "gpt-neox, gpt_neox.layers.1.attention.query_key_value, model.h.1.attention.query_key_value"
    })
    void mlx_gets_transposed_factors_under_its_names(String model, String module, String name) throws IOException {
        Path out = dir.resolve("out");
        export(model, "b", ExportPreset.MLX, PresetOptions.standard(), out);

        JsonNode config =
                new ObjectMapper().readTree(out.resolve("adapter_config.json").toFile());
        assertThat(config.at("/lora_parameters/rank").asInt()).isEqualTo(3);
        assertThat(config.at("/lora_parameters/scale").asDouble()).isEqualTo(1);
        assertThat(config.at("/lora_parameters/keys").toString()).contains("\"" + name + "\"");
        assertThat(config.get("num_layers").asInt()).isEqualTo(3);
        try (LoraAdapter source = adapter(model, "b");
                SafetensorsFile file = SafetensorsFile.open(out.resolve("adapters.safetensors"))) {
            assertThat(file.names()).hasSize(2 * source.modules().size());
            double[][] delta = Deltas.of(source.modules().get(module));
            TensorData a = file.tensor(name + ".lora_a");
            TensorData b = file.tensor(name + ".lora_b");
            assertThat(a.shape()).containsExactly(delta[0].length, 3);
            assertThat(b.shape()).containsExactly(3, delta.length);
            float[] x = a.toFloats();
            float[] y = b.toFloats();
            for (int o = 0; o < delta.length; o++) {
                for (int i = 0; i < delta[0].length; i++) {
                    double sum = 0;
                    for (int r = 0; r < 3; r++) sum += (double) x[i * 3 + r] * y[r * delta.length + o];
                    assertThat(sum).isCloseTo(delta[o][i], within(1e-6));
                }
            }
        }
    }
}
