package io.lorahub.engine.model;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A gradient that recomputes every layer equals one that keeps all results. */
class LeanGradientTest {

    /** So that even these few labels take several slices. */
    private static final Map<String, Object> SMALL_SLICES = Map.of("lean_logit_elements", 2_000L);

    @TempDir
    Path temporary;

    static Stream<Arguments> mixes() {
        return Stream.of(
                // the name of the model, the composition, adapters of every kind of layer
                Arguments.of(
                        "t5-v1.1-gated",
                        ComposedWeights.EXACT,
                        List.of("plain-a", "all-linear", "other-modules", "lora-bias")),
                Arguments.of("t5-v1.1-gated", ComposedWeights.FACTOR, List.of("plain-a", "plain-b")));
    }

    private static List<int[]> texts(long seed, ModelConfig config) {
        Random random = new Random(seed);
        return IntStream.range(0, 5)
                .mapToObj(i -> random.ints(2 + random.nextInt(20), 3, config.vocabulary())
                        .toArray())
                .toList();
    }

    private LoraAdapter outputLayer(ModelConfig config) {
        return LoraAdapter.load(anAdapter()
                .adapting("lm_head")
                .ofShape(config.vocabulary(), config.width())
                .in(temporary, "output"));
    }

    /** The factors of all candidates must be alike to be added. */
    private static List<LoraAdapter> with(LoraAdapter output, List<LoraAdapter> adapters, ComposedWeights composition) {
        return composition == ComposedWeights.FACTOR
                ? adapters
                : Stream.concat(adapters.stream(), Stream.of(output)).toList();
    }

    @ParameterizedTest
    @MethodSource("mixes")
    void it_has_the_losses_and_derivatives_of_the_one_that_keeps_all(
            String model, ComposedWeights composition, List<String> names) {
        List<LoraAdapter> adapters = new ArrayList<>();
        names.forEach(name -> adapters.add(LoraAdapter.load(Reference.path("adapters/" + name))));
        Path folder = Reference.path("models/" + model);
        try (BaseModel base = BaseModel.open(folder);
                LoraAdapter output = outputLayer(base.config());
                LanguageModel t5 = LanguageModel.load(base, Compute.cpu(), SMALL_SLICES);
                AdapterBank bank = t5.bank(with(output, adapters, composition), composition);
                Examples examples = t5.examples(texts(1, base.config()), texts(2, base.config()))) {
            assertThat(examples.areSeparate()).isTrue();
            double[] weights = new Random(5).doubles(bank.candidates(), -1, 1).toArray();

            LossGradient kept = t5.gradient(bank, examples, weights, false);
            LossGradient lean = t5.gradient(bank, examples, weights, true);

            List<LossGradient> batch =
                    t5.gradients(bank, examples, List.of(new double[weights.length], weights, weights), false);
            assertThat(batch.get(1).tokenLosses()).containsExactly(kept.tokenLosses(), within(1e-4f));
            assertThat(batch.get(2).gradient()).containsExactly(kept.gradient(), within(1e-4));
            assertThat(lean.tokenLosses()).containsExactly(kept.tokenLosses(), within(1e-5f));
            double most = IntStream.range(0, weights.length)
                    .mapToDouble(i -> Math.abs(kept.gradient()[i]))
                    .max()
                    .orElseThrow();
            assertThat(most).isPositive();
            assertThat(lean.gradient()).containsExactly(kept.gradient(), within(1e-5 * most));
            SeparateGradients.check(
                    t5,
                    bank,
                    texts(1, base.config()),
                    texts(2, base.config()),
                    List.of(new Random(6).doubles(weights.length, -1, 1).toArray(), weights));
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }
}
