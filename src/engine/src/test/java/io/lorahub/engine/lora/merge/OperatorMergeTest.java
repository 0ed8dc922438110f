package io.lorahub.engine.lora.merge;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.TaskArithmetic.Task;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Deltas;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What the goldens of PEFT (PeftParityTest) don't cover: negative weights, absent modules, random masks, refusals. */
class OperatorMergeTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String K = "encoder.block.0.layer.0.SelfAttention.k";

    @TempDir
    Path dir;

    @Test
    void linear_adds_factors_by_signed_roots_of_weight_times_scale() {
        LoraAdapter x = anAdapter().seeded(1).withAlpha(6).adapting(Q).loadedFrom(dir, "x"); // scale 3
        LoraAdapter y = anAdapter().seeded(2).withAlpha(-4).adapting(Q, K).loadedFrom(dir, "y"); // scale -2
        LoraAdapter z = anAdapter().seeded(3).withAlpha(2).adapting(Q).loadedFrom(dir, "z"); // scale 1
        LoraModules merged = OperatorMerge.of(
                List.of(new WeightedAdapter(x, 0.5), new WeightedAdapter(y, 0.7), new WeightedAdapter(z, -0.3)),
                MergeOperator.of(MergeMethod.LINEAR));

        LoraModule q = merged.get(Q);
        float[] a = q.a().toFloats();
        float[] b = q.b().toFloats();
        float[][] as = floats(x, y, z, true);
        float[][] bs = floats(x, y, z, false);
        double[] roots = {Math.sqrt(1.5), Math.sqrt(1.4), Math.sqrt(0.3)};
        for (int i = 0; i < a.length; i++) {
            assertThat((double) a[i])
                    .isCloseTo(roots[0] * as[0][i] - roots[1] * as[1][i] - roots[2] * as[2][i], within(1e-5));
        }
        for (int i = 0; i < b.length; i++) {
            assertThat((double) b[i])
                    .isCloseTo(roots[0] * bs[0][i] + roots[1] * bs[1][i] + roots[2] * bs[2][i], within(1e-5));
        }
        assertThat(q.scale()).isEqualTo(1);
        // a module of one adapter is that adapter's, weighted
        assertThat(Deltas.relativeDifference(
                        Deltas.of(merged.get(K)),
                        Deltas.sum(Deltas.zero(4, 6), 0.7, Deltas.of(y.modules().get(K)))))
                .isLessThan(1e-6);
    }

    private static float[][] floats(LoraAdapter x, LoraAdapter y, LoraAdapter z, boolean a) {
        return List.of(x, y, z).stream()
                .map(adapter -> adapter.modules().get(Q))
                .map(module -> (a ? module.a() : module.b()).toFloats())
                .toArray(float[][]::new);
    }

    @Test
    void the_largest_magnitudes_are_kept_and_the_first_of_equal_ones() {
        assertThat(Sparsity.keepLargest(new float[] {1, -3, 2, 0, -2, 5}, 3)).containsExactly(0, -3, 2, 0, 0, 5);
        assertThat(Sparsity.keepLargest(new float[] {1, -1, 1}, 2)).containsExactly(1, -1, 0);
        assertThat(Sparsity.keepLargest(new float[] {1, 2}, 0)).containsExactly(0, 0);
        assertThat(Sparsity.keepLargest(new float[] {1, 2}, 2)).containsExactly(1, 2);
    }

    /**
     * What {@code magnitude_based_pruning} of PEFT 0.21.2 keeps of {@code (B @ A) * scaling} with torch 2.7.1 on a CPU. A
     * product that is rounded otherwise, even one that is more exact, keeps another one of two almost equal elements here.
     */
    @Test
    void of_a_product_the_same_elements_are_kept_as_by_PEFT() {
        int size = 512;
        int rank = 64;
        float[] values = pseudoRandom(39, 2 * size * rank);
        LoraModule module = new LoraModule(
                Q,
                TensorData.of(Arrays.copyOf(values, size * rank), rank, size),
                TensorData.of(Arrays.copyOfRange(values, size * rank, 2 * size * rank), size, rank),
                0.25,
                Optional.empty(),
                false);

        float[] product = WholeProduct.of(module);

        ByteBuffer bytes = ByteBuffer.allocate(product.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(product);
        assertThat(DigestUtils.sha256Hex(bytes.array()))
                .isEqualTo("7c321b24301ed2c5b3624de3797b8c3be7e0287d8f1f394e3e3ad8a266654715");
        float[] kept = Sparsity.keepLargest(product, product.length / 2);
        byte[] mask = new byte[kept.length];
        for (int i = 0; i < kept.length; i++) mask[i] = (byte) (kept[i] == 0 ? 0 : 1);
        assertThat(DigestUtils.sha256Hex(mask))
                .isEqualTo("c0e9efb1820754a30ac741f3957fa2d533f251a0e6f9fb3a5188ed22b6301572");
    }

    /** A linear congruential generator, which is the same in Python. */
    private static float[] pseudoRandom(long seed, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            seed = (seed * 1103515245 + 12345) & 0x7fffffff;
            values[i] = (float) (seed / 0x1p31 - 0.5);
        }
        return values;
    }

    @Test
    void the_density_rounds_the_number_of_kept_elements_down() {
        Sparsity sparsity = new Sparsity(pruning(MergeMethod.TIES, 0.6));
        assertThat(sparsity.prune(new float[] {1, 2, 3, 4}, "")).containsExactly(0, 0, 3, 4);
        assertThat(new Sparsity(pruning(MergeMethod.TIES, 1)).prune(new float[] {1, 0}, ""))
                .containsExactly(1, 0);
    }

    @Test
    void ties_averages_the_weighted_values_that_have_the_elected_sign() {
        List<Task> tasks = List.of(
                new Task(() -> new float[] {1, -1, 2, 0, 3}, 0.5f),
                new Task(() -> new float[] {2, 1, -1, 0, -1}, -1),
                new Task(() -> new float[] {-4, 0, -0.5f, 0, -1}, 2));
        // sums: -1, 0 (positive), 0.5, 0, 1; counts of signs: 1, 0, -1, 0, -1
        assertThat(TaskArithmetic.merge(tasks, 5, Optional.of(MajoritySign.TOTAL)))
                .containsExactly(-8, -1, 1, 0, 1.5f);
        assertThat(TaskArithmetic.merge(tasks, 5, Optional.of(MajoritySign.FREQUENCY)))
                .containsExactly((0.5f - 2) / 2, -1, (1f - 1) / 2, 0, (1f - 2) / 2);
        assertThat(TaskArithmetic.merge(tasks, 5, Optional.empty())).containsExactly(-9.5f, -1.5f, 1, 0, 0.5f);
    }

    @Test
    void an_adapter_of_weight_0_still_votes() {
        List<Task> tasks = List.of(new Task(() -> new float[] {1}, 1), new Task(() -> new float[] {-2}, 0));
        assertThat(TaskArithmetic.merge(tasks, 1, Optional.of(MajoritySign.TOTAL)))
                .containsExactly(0);
    }

    @Test
    void random_masks_depend_on_seed_and_tensor_keep_the_density_and_the_expectation() {
        float[] ones = new float[100_000];
        Arrays.fill(ones, 1);
        Sparsity sparsity = new Sparsity(dare(0.3, 7));
        float[] first = sparsity.prune(ones.clone(), "0 q A");
        assertThat(sparsity.prune(ones.clone(), "0 q A")).containsExactly(first);
        assertThat(new Sparsity(dare(0.3, 8)).prune(ones.clone(), "0 q A")).isNotEqualTo(first);
        assertThat(sparsity.prune(ones.clone(), "1 q A")).isNotEqualTo(first);
        assertThat(IntStream.range(0, first.length).mapToObj(i -> first[i]).distinct())
                .containsExactlyInAnyOrder(0f, (float) (1 / 0.3));
        double mean = IntStream.range(0, first.length)
                .mapToDouble(i -> first[i])
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(1, within(0.025)); // five standard deviations
    }

    @Test
    void dare_is_the_linear_merge_of_masked_factors() {
        LoraAdapter x = anAdapter().seeded(1).adapting(Q).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().seeded(2).adapting(Q).loadedFrom(dir, "y");
        List<WeightedAdapter> parts = List.of(new WeightedAdapter(x, 0.5), new WeightedAdapter(y, -1));
        MergeOperator operator = dare(0.5, 3);
        float[] a = OperatorMerge.of(parts, operator).get(Q).a().toFloats();

        Sparsity sparsity = new Sparsity(operator);
        float[] first = sparsity.prune(x.modules().get(Q).a().toFloats(), "0 " + Q + " A");
        float[] second = sparsity.prune(y.modules().get(Q).a().toFloats(), "1 " + Q + " A");
        for (int i = 0; i < a.length; i++) { // scale 8 / 2
            assertThat((double) a[i]).isCloseTo(Math.sqrt(2) * first[i] - 2 * second[i], within(1e-5));
        }
        assertThat(first).contains(0);
    }

    @ParameterizedTest
    @EnumSource(names = ".*_SVD", mode = Mode.MATCH_ALL)
    void methods_on_products_take_any_ranks_and_are_the_sum_if_nothing_is_dropped(MergeMethod method) {
        LoraAdapter x =
                anAdapter().seeded(1).ofRank(2).adapting(Q).ofShape(6, 4).loadedFrom(dir, "x");
        LoraAdapter y =
                anAdapter().seeded(2).ofRank(3).adapting(Q).ofShape(6, 4).loadedFrom(dir, "y");
        List<WeightedAdapter> parts = List.of(new WeightedAdapter(x, 0.5), new WeightedAdapter(y, -1));
        double[][] sum = Deltas.sum(
                Deltas.sum(Deltas.zero(6, 4), 0.5, Deltas.of(x.modules().get(Q))),
                -1,
                Deltas.of(y.modules().get(Q)));
        double[][] merged =
                Deltas.of(OperatorMerge.of(parts, pruning(method, 1)).get(Q));
        if (!method.electsSigns()) {
            assertThat(Deltas.relativeDifference(merged, sum)).isLessThan(1e-6);
            return;
        }
        double[][] first = Deltas.of(x.modules().get(Q));
        double[][] second = Deltas.of(y.modules().get(Q));
        for (int o = 0; o < 6; o++) {
            for (int i = 0; i < 4; i++) {
                double sign = first[o][i] + second[o][i] < 0 ? -1 : 1;
                boolean one = first[o][i] * sign > 0;
                boolean two = second[o][i] * sign > 0;
                double expected = ((one ? 0.5 * first[o][i] : 0) - (two ? second[o][i] : 0)) / (one && two ? 2 : 1);
                assertThat(merged[o][i]).isCloseTo(expected, within(1e-5));
            }
        }
    }

    @Test
    void adapters_that_a_method_cannot_merge_are_named() {
        LoraAdapter x = anAdapter().ofRank(2).adapting(Q).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().ofRank(3).adapting(Q).loadedFrom(dir, "y");
        LoraAdapter z = anAdapter().withBiases().adapting(Q).loadedFrom(dir, "z");
        MergeOperator ties = pruning(MergeMethod.TIES, 0.5);
        List<WeightedAdapter> ranks = List.of(new WeightedAdapter(x, 1), new WeightedAdapter(y, 1));
        assertThatThrownBy(() -> OperatorMerge.of(ranks, ties))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("ties needs equal ranks, but " + Q + " has the rank 2 in x and 3 in y");
        assertThatThrownBy(() -> OperatorMerge.of(List.of(new WeightedAdapter(z, 1)), ties))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("The adapter z adds a bias (lora_bias)");
    }

    @Test
    void parameters_that_are_missing_wrong_or_unused_are_refused() {
        assertThatThrownBy(() -> MergeOperator.of(MergeMethod.TIES)).hasMessageContaining("ties needs the density");
        assertThatThrownBy(() -> pruning(MergeMethod.TIES, 0))
                .hasMessageContaining("above 0 and at most 1, but is 0.0");
        assertThatThrownBy(() -> pruning(MergeMethod.LINEAR, 0.5))
                .hasMessageContaining("The method linear uses no density; leave it out, or use one of ties, ties_svd,");
        assertThatThrownBy(() -> new MergeOperator(
                        MergeMethod.LINEAR,
                        OptionalDouble.empty(),
                        Optional.of(MajoritySign.TOTAL),
                        OptionalLong.empty()))
                .hasMessageContaining("uses no majority sign method; leave it out, or use one of ties,");
        assertThatThrownBy(() -> new MergeOperator(
                        MergeMethod.TIES, OptionalDouble.of(0.5), Optional.empty(), OptionalLong.of(1)))
                .hasMessageContaining("uses no seed; leave it out, or use one of dare_linear,");
    }

    private static MergeOperator pruning(MergeMethod method, double density) {
        return new MergeOperator(method, OptionalDouble.of(density), Optional.empty(), OptionalLong.empty());
    }

    private static MergeOperator dare(double density, long seed) {
        return new MergeOperator(
                MergeMethod.DARE_LINEAR, OptionalDouble.of(density), Optional.empty(), OptionalLong.of(seed));
    }
}
