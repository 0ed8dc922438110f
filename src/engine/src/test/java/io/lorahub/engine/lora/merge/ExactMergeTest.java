package io.lorahub.engine.lora.merge;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.randomTensor;
import static io.lorahub.testsupport.AdapterBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Deltas;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactMergeTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String K = "encoder.block.0.layer.0.SelfAttention.k";

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void is_the_weighted_sum_over_adapters_of_different_ranks_scales_and_modules(long seed) {
        Random random = new Random(seed);
        LoraAdapter x = anAdapter()
                .seeded(seed)
                .ofRank(1 + random.nextInt(4))
                .withAlpha(3)
                .adapting(Q)
                .loadedFrom(dir, "x");
        LoraAdapter y = anAdapter()
                .seeded(seed + 10)
                .ofRank(5)
                .with("use_rslora", "true")
                .adapting(Q, K)
                .loadedFrom(dir, "y");
        LoraAdapter z = anAdapter()
                .seeded(seed + 20)
                .ofRank(2)
                .withAlpha(-1.5)
                .adapting(K)
                .loadedFrom(dir, "z");
        List<WeightedAdapter> weighted = List.of(
                new WeightedAdapter(x, random.nextGaussian()),
                new WeightedAdapter(y, -random.nextDouble()),
                new WeightedAdapter(z, 1.5));

        SortedMap<String, LoraModule> merged = ExactMerge.of(weighted).all();

        assertThat(merged.keySet()).containsExactly(K, Q);
        assertThat(merged.get(Q).rank()).isEqualTo(x.modules().get(Q).rank() + 5);
        merged.forEach((name, module) -> {
            assertThat(module.scale()).isEqualTo(1);
            double[][] sum = Deltas.zero(4, 6);
            for (WeightedAdapter w : weighted) {
                LoraModule m = w.adapter().modules().get(name);
                if (m != null) sum = Deltas.sum(sum, w.weight(), Deltas.of(m));
            }
            assertThat(Deltas.relativeDifference(Deltas.of(module), sum)).isLessThan(1e-6);
        });
    }

    @Test
    void weight_one_of_a_single_adapter_is_that_adapter() {
        LoraAdapter adapter = anAdapter().ofRank(3).loadedFrom(dir, "x");
        ExactMerge.of(List.of(new WeightedAdapter(adapter, 1)))
                .all()
                .forEach((name, module) -> assertThat(Deltas.relativeDifference(
                                Deltas.of(module), Deltas.of(adapter.modules().get(name))))
                        .isLessThan(1e-6));
    }

    @Test
    void adapters_of_weight_zero_take_no_rank() {
        LoraAdapter x = anAdapter().adapting(Q).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().adapting(Q, K).loadedFrom(dir, "y");
        SortedMap<String, LoraModule> merged = ExactMerge.of(
                        List.of(new WeightedAdapter(x, 0.5), new WeightedAdapter(y, 0)))
                .all();
        assertThat(merged.keySet()).containsExactly(Q);
        assertThat(merged.get(Q).rank()).isEqualTo(2);
        assertThat(ExactMerge.of(List.of(new WeightedAdapter(x, 0))).isEmpty()).isTrue();
    }

    // what the factors are does not matter, only their product
    @Test
    void is_unchanged_under_another_basis_of_the_same_adapter() {
        LoraAdapter x = anAdapter().ofRank(2).adapting(Q).loadedFrom(dir, "x");
        float[] a = x.modules().get(Q).a().toFloats();
        float[] b = x.modules().get(Q).b().toFloats();
        // R = [[2, 1], [1, 1]], its inverse [[1, -1], [-1, 2]]
        float[] ra = new float[12];
        float[] br = new float[8];
        for (int i = 0; i < 6; i++) {
            ra[i] = 2 * a[i] + a[6 + i];
            ra[6 + i] = a[i] + a[6 + i];
        }
        for (int o = 0; o < 4; o++) {
            br[2 * o] = b[2 * o] - b[2 * o + 1];
            br[2 * o + 1] = -b[2 * o] + 2 * b[2 * o + 1];
        }
        LoraAdapter y = anAdapter()
                .ofRank(2)
                .adapting(Q)
                .withTensor(tensor(Q, "lora_A.weight"), TensorData.of(ra, 2, 6))
                .withTensor(tensor(Q, "lora_B.weight"), TensorData.of(br, 4, 2))
                .loadedFrom(dir, "y");
        LoraAdapter z = anAdapter().seeded(3).adapting(Q).loadedFrom(dir, "z");
        assertThat(Deltas.relativeDifference(Deltas.of(merge(y, z)), Deltas.of(merge(x, z))))
                .isLessThan(1e-5);
    }

    @Test
    void biases_add_up_with_weight_and_scale() {
        LoraAdapter x = anAdapter().withBiases().withAlpha(6).adapting(Q).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().adapting(Q, K).loadedFrom(dir, "y");
        SortedMap<String, LoraModule> merged = ExactMerge.of(
                        List.of(new WeightedAdapter(x, -0.5), new WeightedAdapter(y, 2)))
                .all();
        float[] bias = merged.get(Q).bias().orElseThrow().toFloats();
        float[] given = x.modules().get(Q).bias().orElseThrow().toFloats();
        for (int i = 0; i < 4; i++) assertThat(bias[i]).isCloseTo(-0.5f * 3 * given[i], within(1e-6f));
        assertThat(merged.get(K).bias()).isEmpty();
    }

    @Test
    void embeddings_stay_embeddings() {
        LoraAdapter x = embedding(1).loadedFrom(dir, "x");
        LoraAdapter y = embedding(2).loadedFrom(dir, "y");
        LoraModule module = ExactMerge.of(List.of(new WeightedAdapter(x, 1), new WeightedAdapter(y, -1)))
                .get("table");
        assertThat(module.embedding()).isTrue();
        assertThat(Deltas.relativeDifference(
                        Deltas.of(module),
                        Deltas.sum(
                                Deltas.of(x.modules().get("table")),
                                -1,
                                Deltas.of(y.modules().get("table")))))
                .isLessThan(1e-6);
    }

    @Test
    void adapters_of_different_models_are_refused_by_name() {
        LoraAdapter x = anAdapter().adapting(Q).loadedFrom(dir, "small");
        LoraAdapter y = anAdapter().ofShape(8, 6).adapting(Q).loadedFrom(dir, "large");
        assertThatThrownBy(() -> merge(x, y))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("small", "large", Q, "4 × 6", "8 × 6");
    }

    private static AdapterBuilder embedding(long seed) {
        Random random = new Random(seed);
        return anAdapter()
                .adapting()
                .with("target_modules", "[\"table\"]")
                .withTensor("base_model.model.table.lora_embedding_A", randomTensor(random, 2, 7))
                .withTensor("base_model.model.table.lora_embedding_B", randomTensor(random, 3, 2));
    }

    private static LoraModule merge(LoraAdapter x, LoraAdapter y) {
        return ExactMerge.of(List.of(new WeightedAdapter(x, 0.75), new WeightedAdapter(y, -0.25)))
                .get(Q);
    }
}
