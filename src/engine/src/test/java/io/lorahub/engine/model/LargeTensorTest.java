package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorSource.Rows;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tensors that do not fit a buffer of Java, here with a limit of a few bytes. */
class LargeTensorTest {

    private static final List<int[]> INPUTS = List.of(new int[] {40, 50, 60}, new int[] {70, 80, 90, 100, 110});
    private static final List<int[]> LABELS = List.of(new int[] {12, 3}, new int[] {77, 3});

    @ParameterizedTest
    @CsvSource({
        "llama, FLOAT32",
        "llama, BFLOAT16",
        "gpt2, FLOAT32",
        "llama-tied, FLOAT32",
        "llama-3-rope, FLOAT32",
    })
    void a_model_of_mapped_tensors_computes_the_same(String name, Precision precision) {
        float[] mapped = losses(Reference.path("causal/models/" + name), precision, 16);
        assertThat(mapped).isEqualTo(losses(Reference.path("causal/models/" + name), precision, Integer.MAX_VALUE));
    }

    @Test
    void a_mapped_file_may_lie_in_a_folder_with_any_name(@TempDir Path temporary) throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("Modelle für 日本語"));
        Path source = Reference.path("causal/models/llama-tied");
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(source.resolve(file), folder.resolve(file));
        }
        assertThat(losses(folder, Precision.BFLOAT16, 16))
                .isEqualTo(losses(source, Precision.BFLOAT16, Integer.MAX_VALUE));
    }

    private static float[] losses(Path folder, Precision precision, long largestBuffer) {
        Path adapters = Reference.path("causal/adapters/llama");
        List<LoraAdapter> candidates = folder.endsWith("llama") ? LoraAdapter.loadAll(adapters) : List.of();
        Compute compute = Compute.cpu().with(precision);
        try (BaseModel base = BaseModel.open(folder);
                LanguageModel model = LanguageModel.load(base, compute, Map.of(), largestBuffer);
                AdapterBank bank = model.bank(candidates, ComposedWeights.EXACT);
                Examples examples = model.examples(INPUTS, LABELS)) {
            return model.tokenLosses(bank, examples, List.of(new double[candidates.size()]))
                    .get(0);
        } finally {
            candidates.forEach(LoraAdapter::close);
        }
    }

    @Test
    void rows_are_those_of_the_whole_tensor() {
        Path file = Reference.path("causal/models/llama").resolve("model.safetensors");
        String name = "model.layers.1.mlp.down_proj.weight";
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            float[] whole = source.tensor(name).toFloats();
            int width = (int) source.info(name).shape()[1];
            List<Rows> pieces = source.rows(name, 5L * width * Float.BYTES + 1).toList();
            assertThat(pieces)
                    .hasSize((48 + 4) / 5)
                    .allSatisfy(p -> assertThat(p.data().shape()[0]).isLessThanOrEqualTo(5));
            for (Rows piece : pieces) {
                TensorData data = piece.data();
                for (int i = 0; i < data.elements(); i++) {
                    assertThat(data.toFloats()[i]).isEqualTo(whole[(int) piece.first() * width + i]);
                }
            }
            assertThat(pieces.stream().mapToLong(p -> p.data().shape()[0]).sum())
                    .isEqualTo(48);
            assertThat(Stream.of(source.rows(name, 1).toList()).findFirst().orElseThrow())
                    .hasSize(48);
        }
    }
}
