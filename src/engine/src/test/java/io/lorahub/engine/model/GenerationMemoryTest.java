package io.lorahub.engine.model;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A large model generates without a copy of its changed weights, and writes the same. */
class GenerationMemoryTest {

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void what_is_generated_through_the_factors_is_what_the_changed_weights_generate(ComposedWeights composition) {
        Path folder = Reference.path("models/t5-v1.1-gated");
        List<LoraAdapter> adapters = new ArrayList<>();
        for (String name : composition == ComposedWeights.FACTOR
                ? List.of("plain-a", "plain-b")
                : List.of("plain-a", "all-linear", "other-modules", "lora-bias")) {
            adapters.add(LoraAdapter.load(Reference.path("adapters/" + name)));
        }
        try (BaseModel base = BaseModel.open(folder);
                LanguageModel formed = LanguageModel.load(base, Compute.cpu());
                LanguageModel factored = LanguageModel.load(base, Compute.cpu(), Map.of("formed_elements", 0L))) {
            if (composition == ComposedWeights.EXACT) {
                adapters.add(LoraAdapter.load(anAdapter()
                        .adapting("lm_head")
                        .ofShape(base.config().vocabulary(), base.config().width())
                        .in(temporary, "output")));
            }
            double[] mix = new Random(5).doubles(adapters.size(), -1, 1).toArray();
            List<int[]> expected = generated(formed, adapters, composition, mix);
            assertThat(generated(factored, adapters, composition, mix))
                    .usingRecursiveComparison()
                    .isEqualTo(expected);
            mix[0] = 0; // so that only some rows are picked
            expected = generated(formed, adapters, composition, mix);
            assertThat(generated(factored, adapters, composition, mix))
                    .usingRecursiveComparison()
                    .isEqualTo(expected);
            assertThat(expected).anyMatch(tokens -> tokens.length > 0);
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    private static List<int[]> generated(
            LanguageModel model, List<LoraAdapter> adapters, ComposedWeights composition, double[] mix) {
        Random random = new Random(1);
        List<int[]> inputs = IntStream.range(0, 4)
                .mapToObj(i ->
                        random.ints(3 + 5 * i, 3, model.config().vocabulary()).toArray())
                .toList();
        try (AdapterBank bank = model.bank(adapters, composition)) {
            return GreedyTexts.write(model, bank, mix, inputs, 12);
        }
    }
}
