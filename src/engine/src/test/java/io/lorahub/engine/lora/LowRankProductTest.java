package io.lorahub.engine.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Deltas;
import java.time.Duration;
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

    @Test
    void a_rank_without_bounds_ends_soon() {
        TensorData matrix = TensorData.of(new float[6_000 * 6_000], 6_000, 6_000);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> LowRankProduct.norm(LoraModule.linear("q", matrix, matrix, 1)));
    }
}
