package io.lorahub.engine.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Deltas;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LowRankProductTest {

    @ParameterizedTest
    @CsvSource({"1, 3, 4", "2, 7, 5", "5, 5, 9", "9, 4, 3", "4, 4, 4", "40, 1, 1"})
    void is_the_norm_of_the_product(int rank, int out, int in) {
        Random random = new Random(rank);
        LoraModule module = LoraModule.linear(
                "q",
                AdapterBuilder.randomTensor(random, rank, in),
                AdapterBuilder.randomTensor(random, out, rank),
                -1.5);
        double norm = Deltas.norm(Deltas.of(module));
        assertThat(LowRankProduct.norm(module)).isCloseTo(norm, within(1e-9 * norm));
    }

    @Test
    void of_an_untrained_module_is_zero() {
        LoraModule module = LoraModule.linear(
                "q", AdapterBuilder.randomTensor(new Random(1), 2, 5), TensorData.of(new float[6], 3, 2), 2);
        assertThat(LowRankProduct.norm(module)).isZero();
    }

    @Test
    void of_a_very_high_rank_is_estimated() {
        Random random = new Random(3);
        LoraModule module = LoraModule.linear(
                "q", AdapterBuilder.randomTensor(random, 600, 600), AdapterBuilder.randomTensor(random, 600, 600), 2);
        double norm = Deltas.norm(Deltas.of(module));
        assertThat(LowRankProduct.norm(module)).isCloseTo(norm, within(0.1 * norm));
    }

    @ParameterizedTest
    @CsvSource({"4, 4", "64, 16", "128, 64", "192, 128", "200, 128", "256, 128", "320, 128", "512, 128"})
    void singular_values_of_factors_with_fewer_dimensions_than_their_rank(int rank, int dimensions) {
        Random random = new Random(rank);
        float[] b = new float[128 * rank];
        for (int dimension = 0; dimension < dimensions; dimension++) {
            float[] column = AdapterBuilder.randomTensor(random, 128, 1).toFloats();
            float[] row = AdapterBuilder.randomTensor(random, 1, rank).toFloats();
            for (int i = 0; i < b.length; i++) b[i] += column[i / rank] * row[i % rank];
        }
        LoraModule module =
                LoraModule.linear("q", AdapterBuilder.randomTensor(random, rank, 128), TensorData.of(b, 128, rank), 1);

        double[] values = LowRankProduct.singularValues(module);

        double norm = LowRankProduct.norm(module);
        assertThat(Math.sqrt(Arrays.stream(values).map(value -> value * value).sum()))
                .isCloseTo(norm, within(1e-6 * norm));
        assertThat(Arrays.stream(values).filter(value -> value > 1e-5 * norm).count())
                .isLessThanOrEqualTo(dimensions);
        for (int i = 1; i < rank; i++) assertThat(values[i]).isLessThanOrEqualTo(values[i - 1]);
    }

    @Test
    void a_rank_without_bounds_ends_soon() {
        TensorData matrix = TensorData.of(new float[6_000 * 6_000], 6_000, 6_000);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> LowRankProduct.norm(LoraModule.linear("q", matrix, matrix, 1)));
    }
}
