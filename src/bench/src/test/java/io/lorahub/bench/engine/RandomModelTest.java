package io.lorahub.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.safetensors.DType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomModelTest {

    /** Parameters that Hugging Face states for flan-t5-small, -base and -large. */
    @Test
    void the_shapes_are_those_of_flan_t5() {
        assertThat(parameters(ModelShape.SMALL)).isEqualTo(76_961_152);
        assertThat(parameters(ModelShape.BASE)).isEqualTo(247_577_856);
        assertThat(parameters(ModelShape.LARGE)).isEqualTo(783_150_080);
    }

    /** Parameters that Hugging Face states for these models. */
    @Test
    void the_shapes_of_decoder_only_models_are_those_of_the_public_ones() {
        assertThat(parameters(ModelShape.SMOLLM2_135M)).isEqualTo(134_515_008);
        assertThat(parameters(ModelShape.LLAMA_3_2_1B)).isEqualTo(1_235_814_400);
        assertThat(parameters(ModelShape.QWEN2_5_1_5B)).isEqualTo(1_543_714_304);
        assertThat(ModelShape.named("llama-3.2-1b")).isEqualTo(ModelShape.LLAMA_3_2_1B);
    }

    @Test
    void numbers_of_half_precision_have_their_deviation_too() {
        float[] values =
                new RandomNumbers(DType.BF16, 10_000, 0.02, 3).tensor(100, 100).toFloats();

        double squares = 0;
        for (float v : values) squares += v * v;
        assertThat(Math.sqrt(squares / values.length)).isBetween(0.019, 0.021);
    }

    @Test
    void inputs_with_a_system_text_begin_alike_and_differ_then() {
        TokenExamples examples = TokenExamples.sharingBeginning(1000, 64, 128);

        int[] first = examples.inputs().get(0);
        int[] last = examples.inputs().get(4);
        assertThat(first).hasSize(192);
        assertThat(Arrays.copyOf(first, 64)).isEqualTo(Arrays.copyOf(last, 64));
        assertThat(Arrays.copyOfRange(first, 64, 192)).isNotEqualTo(Arrays.copyOfRange(last, 64, 192));
    }

    @Test
    void random_numbers_have_their_deviation_and_follow_the_seed() {
        float[] values = new RandomNumbers(10_000, 0.5, 3).tensor(100, 100).toFloats();
        float[] again = new RandomNumbers(10_000, 0.5, 3).tensor(100, 100).toFloats();

        double squares = 0;
        for (float v : values) {
            squares += v * v;
        }
        assertThat(Math.sqrt(squares / values.length)).isBetween(0.48, 0.52);
        assertThat(values).isEqualTo(again);
    }

    @Test
    void unequal_examples_go_from_16_to_256_tokens_and_are_padded_to_the_longest() {
        TokenExamples examples = TokenExamples.unequal(1000);

        assertThat(examples.inputs()).extracting(i -> i.length).containsExactly(16, 76, 136, 196, 256);
        assertThat(examples.padded().inputs()).extracting(i -> i.length).containsOnly(256);
    }

    private static long parameters(ModelShape shape) {
        return ModelFamilies.of(shape.config()).shapes().values().stream()
                .mapToLong(size -> Arrays.stream(size).reduce(1, (a, b) -> a * b))
                .sum();
    }
}
