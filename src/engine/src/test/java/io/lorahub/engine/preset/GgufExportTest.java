package io.lorahub.engine.preset;

import static io.lorahub.engine.preset.ReferenceExports.adapter;
import static io.lorahub.engine.preset.ReferenceExports.base;
import static io.lorahub.engine.preset.ReferenceExports.export;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.model.family.CausalConfig;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Deltas;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters for llama.cpp and Ollama. */
class GgufExportTest {

    private static final JsonNode GGUF = Reference.json("gguf.json").get("adapters");

    @TempDir
    Path dir;

    static Stream<String> models() {
        Stream.Builder<String> names = Stream.builder();
        GGUF.fieldNames().forEachRemaining(names);
        return names.build();
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_gguf_file_is_byte_for_byte_what_the_package_gguf_writes(String model) throws Exception {
        Path out = dir.resolve("out");
        export(model, "b", ExportPreset.LLAMA_CPP, PresetOptions.standard(), out);

        GgufFile file = GgufFile.read(out.resolve("adapter.gguf"));
        JsonNode golden = GGUF.get(model);
        assertThat(file.metadata().get("general.architecture"))
                .isEqualTo(golden.get("architecture").asText());
        assertThat(file.tensors().keySet()).containsExactlyElementsOf(names(golden.get("tensors")));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(out.resolve("adapter.gguf")));
        assertThat(HexFormat.of().formatHex(hash))
                .isEqualTo(golden.get("sha256").asText());
    }

    @Test
    void llama_cpp_gets_queries_in_pairs_with_alpha_and_scale_in_the_factors() throws IOException {
        Path out = dir.resolve("out");
        PresetReport report = export("llama", "b", ExportPreset.LLAMA_CPP, PresetOptions.standard(), out);
        GgufFile file = GgufFile.read(out.resolve("adapter.gguf"));

        assertThat(file.metadata())
                .containsEntry("general.type", "adapter")
                .containsEntry("adapter.type", "lora")
                .containsEntry("adapter.lora.alpha", 3f);
        assertThat(report.lossless()).isTrue();
        assertThat(report.changes()).anyMatch(c -> c.contains("rsLoRA")).anyMatch(c -> c.contains("llama.cpp's order"));
        try (LoraAdapter source = adapter("llama", "b")) {
            LoraModule q = source.modules().get("model.layers.1.self_attn.q_proj");
            double[][] delta = Deltas.of(q);
            GgufFile.Tensor a = file.tensors().get("blk.1.attn_q.weight.lora_a");
            GgufFile.Tensor b = file.tensors().get("blk.1.attn_q.weight.lora_b");
            assertThat(a.dimensions()).containsExactly(q.in(), 3);
            assertThat(b.dimensions()).containsExactly(3, q.out());
            LoraModule read = LoraModule.linear(
                    "q", TensorData.of(a.values(), 3, q.in()), TensorData.of(b.values(), q.out(), 3), 1);
            double[][] written = Deltas.of(read);
            int width = ((CausalConfig) base("llama").orElseThrow()).attention().headWidth();
            for (int row = 0; row < q.out(); row++) {
                int head = row / width;
                int inHead = row % width;
                // rope turns rows i and i + width/2 of a head, llama.cpp's rope 2i and 2i + 1
                int to = head * width + (inHead < width / 2 ? 2 * inHead : 2 * (inHead - width / 2) + 1);
                assertThat(written[to]).containsExactly(delta[row], within(1e-6));
            }
        }
    }

    @Test
    void ollama_gets_a_modelfile_beside_the_adapter() throws IOException {
        Path out = dir.resolve("out");
        PresetReport report = export("llama", "a", ExportPreset.OLLAMA, PresetOptions.standard(), out);
        assertThat(report.files()).containsExactly("adapter.gguf", "Modelfile");
        assertThat(out.resolve("Modelfile")).hasContent("FROM from\nADAPTER ./adapter.gguf");
        assertThat(GgufFile.read(out.resolve("adapter.gguf")).metadata()).containsEntry("general.name", "a");
    }

    private static List<String> names(JsonNode tensors) {
        return Stream.iterate(0, i -> i < tensors.size(), i -> i + 1)
                .map(i -> tensors.get(i).get(0).asText())
                .toList();
    }
}
