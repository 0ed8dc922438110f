package io.lorahub.engine.model;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Losses and gradients are those of a plain T5 in float64, for shapes that the references of transformers do not have. */
class PlainT5Test {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String V = "decoder.block.0.layer.0.SelfAttention.v";

    @TempDir
    Path folder;

    enum Shape {
        /** Transformers has computed its losses, see PeftParityTest, so this validates the plain model. */
        REFERENCE,
        DEEP_ENCODER,
        DEEP_DECODER,
        TIED
    }

    private Path model(Shape shape) {
        return switch (shape) {
            case REFERENCE -> Reference.path("models/t5-v1.1-gated");
            // heads · d_kv is 4, d_model is 6
            case DEEP_ENCODER -> aModel().ofDepths(3, 1).in(folder, "base");
            case DEEP_DECODER -> aModel().ofDepths(1, 3).in(folder, "base");
            case TIED -> aModel().ofDepths(2, 1).tied().in(folder, "base");
        };
    }

    private List<LoraAdapter> adapters(Shape shape) {
        if (shape == Shape.REFERENCE) {
            return List.of(
                    LoraAdapter.load(Reference.path("adapters/plain-a")),
                    LoraAdapter.load(Reference.path("adapters/plain-b")));
        }
        return IntStream.range(0, 3)
                .mapToObj(i -> LoraAdapter.load(anAdapter()
                        .seeded(i)
                        .ofRank(i + 1)
                        .withAlpha(1.5)
                        .ofShape(4, 6)
                        .adapting(i == 1 ? new String[] {Q} : new String[] {Q, V})
                        .in(folder, "adapter" + i)))
                .toList();
    }

    /** Up to 40 input tokens, which is beyond the buckets that hold a single position. */
    private static List<int[]> texts(long seed, int most, ModelConfig config) {
        Random random = new Random(seed);
        List<int[]> texts = new ArrayList<>();
        for (int length : new int[] {most, most / 2, 3}) {
            texts.add(random.ints(length, 3, config.vocabulary()).toArray());
        }
        return texts;
    }

    @ParameterizedTest
    @EnumSource
    void losses_are_those_of_the_plain_model(Shape shape) {
        List<LoraAdapter> adapters = adapters(shape);
        try (BaseModel base = BaseModel.open(model(shape));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
            List<int[]> inputs = texts(1, 40, base.config());
            List<int[]> labels = texts(2, 14, base.config());
            double[] mix = new Random(3).doubles(adapters.size(), -1, 1).toArray();
            try (Examples examples = model.examples(inputs, labels)) {
                float[] losses = model.tokenLosses(bank, examples, List.of(mix)).get(0);
                PlainT5 plain = new PlainT5(base).with(adapters, mix);
                for (int e = 0; e < inputs.size(); e++) {
                    List<Double> expected = plain.tokenLosses(inputs.get(e), labels.get(e));
                    int at = 0;
                    for (int t = 0; t < losses.length; t++) {
                        if (examples.exampleOfToken()[t] != e) continue;
                        assertThat((double) losses[t]).isCloseTo(expected.get(at++), within(1e-4));
                    }
                    assertThat(at).isEqualTo(expected.size());
                }
            }
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradients_are_the_central_differences_of_the_plain_model(Shape shape) {
        List<LoraAdapter> adapters = adapters(shape);
        try (BaseModel base = BaseModel.open(model(shape));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
            List<int[]> inputs = texts(1, 40, base.config());
            List<int[]> labels = texts(2, 14, base.config());
            double[] mix = new Random(3).doubles(adapters.size(), -1, 1).toArray();
            PlainT5 plain = new PlainT5(base);
            double[] differences = new double[mix.length];
            for (int i = 0; i < mix.length; i++) {
                differences[i] = (shifted(plain, adapters, mix, i, 1e-4).loss(inputs, labels)
                                - shifted(plain, adapters, mix, i, -1e-4).loss(inputs, labels))
                        / 2e-4;
            }
            double most = 0;
            for (double difference : differences) most = Math.max(most, Math.abs(difference));
            assertThat(most).isPositive();
            try (Examples examples = model.examples(inputs, labels)) {
                for (boolean lean : new boolean[] {false, true}) {
                    assertThat(model.gradient(bank, examples, mix, lean).gradient())
                            .containsExactly(differences, within(1e-3 * most));
                }
            }
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    private static PlainT5 shifted(PlainT5 plain, List<LoraAdapter> adapters, double[] mix, int i, double step) {
        double[] shifted = mix.clone();
        shifted[i] += step;
        return plain.with(adapters, shifted);
    }
}
