package io.lorahub.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GPT-2's own files name the tensors without "transformer.", and contain masks that no model reads. */
class PrefixedTensorsTest {

    @TempDir
    private Path folder;

    @Test
    void a_model_saved_without_its_output_layer_has_the_names_of_a_whole_one() throws IOException {
        Path whole = Reference.path("causal/models/gpt2");
        for (String file : new String[] {"config.json", "tokenizer.json"}) {
            Files.copy(whole.resolve(file), folder.resolve(file));
        }
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        try (SafetensorsFile source = SafetensorsFile.open(whole.resolve("model.safetensors"))) {
            source.names().forEach(name -> tensors.put(name.replace("transformer.", ""), source.tensor(name)));
            tensors.put("h.0.attn.bias", TensorData.of(new float[] {1, Float.NaN}, 2));
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
            try (BaseModel base = BaseModel.open(folder)) {
                String name = "transformer.h.1.attn.c_attn.weight";
                assertThat(base.weights().tensor(name).toFloats())
                        .isEqualTo(source.tensor(name).toFloats());
                assertThat(base.weights().rows(name, 1)).hasSize(48);
                assertThat(base.weights().region(name)).isPresent();
            }
        }
        assertThat(Inspection.of(folder).findings()).isEmpty();
    }
}
