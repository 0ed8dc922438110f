package io.lorahub.engine.lora.conversion;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Deltas;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainLoraTest {

    @TempDir
    Path folder;

    @Test
    void dora_on_the_output_layer_of_a_tied_model_changes_the_embedding_s_weight() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama-tied"))) {
            int[] shape = {
                (int) base.config().modules().get("lm_head")[0],
                (int) base.config().modules().get("lm_head")[1]
            };
            TensorData magnitudes = AdapterBuilder.randomTensor(new Random(1), shape[0]);
            Path dora = anAdapter()
                    .adapting("lm_head")
                    .ofShape(shape[0], shape[1])
                    .with("use_dora", "true")
                    .with("target_modules", "[\"lm_head\"]")
                    .withTensor("base_model.model.lm_head.lora_magnitude_vector", magnitudes)
                    .in(folder, "dora");
            LoraAdapter factors = PlainLora.doraFactors("dora", dora);
            double[][] expected = Deltas.of(DoraModule.of(
                    factors.modules().get("lm_head"),
                    magnitudes,
                    base.weights().tensor("model.embed_tokens.weight"),
                    false));

            try (LoraAdapter plain = PlainLora.dora(factors, base.weights(), base.config()::isTransposed)) {
                assertThat(Deltas.of(plain.modules().get("lm_head"))).isDeepEqualTo(expected);
            }
        }
    }
}
