package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.testsupport.Reference;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts that reach the end of a table of 256 positions. */
class LearnedPositionsTest {

    private static final int POSITIONS = 256;

    @Test
    void a_text_ends_with_the_last_position() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/gpt2"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                LoraAdapter adapter = LoraAdapter.load(Reference.path("causal/adapters/gpt2/b"));
                AdapterBank bank = model.bank(List.of(adapter), ComposedWeights.EXACT)) {
            double[] mix = {1};
            List<int[]> inputs = List.of(input(3), input(POSITIONS - 6), input(POSITIONS));

            List<int[]> texts = GreedyTexts.write(model, bank, mix, inputs, 12);

            assertThat(texts).extracting(text -> text.length).containsExactly(12, 7, 1);
            for (int i = 0; i < texts.size(); i++) {
                int length = texts.get(i).length;
                assertThat(texts.get(i))
                        .containsExactly(GreedyTexts.write(model, bank, mix, List.of(inputs.get(i)), length)
                                .get(0));
            }
        }
    }

    private static int[] input(int length) {
        return IntStream.range(0, length).map(i -> 20 + i % 100).toArray();
    }
}
