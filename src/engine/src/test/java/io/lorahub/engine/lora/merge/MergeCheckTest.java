package io.lorahub.engine.lora.merge;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeCheckTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String K = "encoder.block.0.layer.0.SelfAttention.k";

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_file_with_the_mix_in_it_passes_and_one_with_another_number_does_not(boolean factor) {
        LoraAdapter x = anAdapter().withAlpha(3).withBiases().adapting(Q, K).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().seeded(5).withBiases().adapting(Q, K).loadedFrom(dir, "y");
        List<WeightedAdapter> parts = List.of(new WeightedAdapter(x, 0.5), new WeightedAdapter(y, -1.2));
        SortedMap<String, LoraModule> merged = (factor ? FactorMerge.of(parts) : ExactMerge.of(parts)).all();
        MergeCheck check = new MergeCheck(parts, factor);

        assertThatCode(() -> check.require(written(merged, "same"))).doesNotThrowAnyException();

        LoraModule q = merged.get(Q);
        float[] b = q.b().toFloats();
        b[1] *= 1.01f;
        merged.put(
                Q, new LoraModule(Q, q.a(), TensorData.of(b, q.out(), q.rank()), q.scale(), q.bias(), q.embedding()));
        assertThatThrownBy(() -> check.require(written(merged, "other")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(Q);
    }

    private LoraAdapter written(SortedMap<String, LoraModule> modules, String name) {
        AdapterWriter.write(dir.resolve(name), "tiny-t5", modules, Map.of());
        return LoraAdapter.load(dir.resolve(name));
    }
}
