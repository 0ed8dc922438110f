package io.lorahub.engine.model;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.ModelBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters of lm_head, which is the input embedding's table where the model is tied. */
class OutputLayerTest {

    private static final int VOCABULARY = 12;
    private static final int WIDTH = 6;
    private static final List<int[]> INPUTS = List.of(new int[] {3, 4, 5, 1}, new int[] {7, 1});
    private static final List<int[]> LABELS = List.of(new int[] {6, 2, 1}, new int[] {9, 8, 3, 1});

    @TempDir
    Path folder;

    private TensorData table;
    private TensorData scaled;

    @BeforeEach
    void random() {
        table = AdapterBuilder.randomTensor(new Random(3), VOCABULARY, WIDTH);
        float[] values = table.toFloats();
        for (int i = 0; i < values.length; i++) values[i] *= (float) Math.pow(WIDTH, -0.5);
        scaled = TensorData.of(values, new long[] {VOCABULARY, WIDTH});
    }

    private LoraAdapter adapter(String name, double alpha, long seed) {
        return LoraAdapter.load(anAdapter()
                .adapting("lm_head")
                .ofShape(VOCABULARY, WIDTH)
                .withAlpha(alpha)
                .seeded(seed)
                .in(folder, name));
    }

    private static List<float[]> losses(
            Path folder, List<LoraAdapter> adapters, ComposedWeights composition, int atOnce) {
        try (BaseModel base = BaseModel.open(folder);
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(adapters, composition);
                Examples examples = model.examples(INPUTS, LABELS)) {
            return model.tokenLosses(
                    bank,
                    examples,
                    List.of(new double[] {1, -0.5}, new double[] {0, 0}, new double[] {0.3, 1}),
                    atOnce);
        }
    }

    /** The same weights with a separate output layer that computes the same. */
    private Path untied(Path tied) {
        ModelBuilder model = aModel().withTensor("lm_head.weight", scaled);
        try (BaseModel base = BaseModel.open(tied)) {
            base.weights()
                    .names()
                    .forEach(name -> model.withTensor(name, base.weights().tensor(name)));
            return model.in(folder, "untied");
        }
    }

    @ParameterizedTest
    @EnumSource(ComposedWeights.class)
    void they_give_the_same_losses_alone_and_in_a_population_that_uses_every_row(ComposedWeights composition) {
        Path base = aModel().in(folder, "base");
        List<LoraAdapter> adapters = List.of(adapter("a", 8, 1), adapter("b", 8, 2));

        List<float[]> alone = losses(base, adapters, composition, 1);
        List<float[]> together = losses(base, adapters, composition, 3);

        assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
        for (int p = 0; p < alone.size(); p++) {
            assertThat(together.get(p)).containsExactly(alone.get(p), within(1e-5f));
        }
    }

    private List<float[]> ofNone(Path base) {
        LoraAdapter idle = adapter("idle-" + base.getFileName(), 0, 1);
        return losses(base, List.of(idle, adapter("and-" + idle.name(), 0, 2)), ComposedWeights.EXACT, 1);
    }

    /** The same weights as transformers 5 saves them. */
    private Path resaved(Path base, boolean scaled, String... without) {
        ModelBuilder model = aModel().savedByTransformers5(scaled);
        try (BaseModel opened = BaseModel.open(base)) {
            opened.weights()
                    .names()
                    .forEach(name -> model.withTensor(name, opened.weights().tensor(name)));
            for (String name : without) model.withoutTensor(name);
            return model.in(folder, base.getFileName() + "-5");
        }
    }

    @Test
    void transformers_5_says_of_every_model_that_it_is_tied() {
        Path untied = aModel().in(folder, "untied");
        Path tied = aModel().withTensor("shared.weight", table).tied().in(folder, "tied");
        Path copied = aModel().withTensor("shared.weight", table)
                .withTensor("lm_head.weight", table)
                .in(folder, "copied");

        assertThat(ofNone(resaved(untied, false))).containsExactlyElementsOf(ofNone(untied));
        assertThat(ofNone(resaved(tied, true))).containsExactlyElementsOf(ofNone(tied));
        assertThat(ofNone(resaved(copied, false, "lm_head.weight"))).containsExactlyElementsOf(ofNone(copied));
    }

    @Test
    void on_a_tied_model_they_change_the_output_alone() {
        Path tied = aModel().tied().withTensor("shared.weight", table).in(folder, "tied");
        Path untied = untied(tied);

        List<float[]> ours = losses(tied, List.of(adapter("a", 8, 1), adapter("b", 8, 2)), ComposedWeights.EXACT, 1);
        // transformers scales what the tied output layer gets, so the adapter's part is scaled too
        double alpha = 8 * Math.pow(WIDTH, -0.5);
        List<float[]> expected =
                losses(untied, List.of(adapter("c", alpha, 1), adapter("d", alpha, 2)), ComposedWeights.EXACT, 1);

        for (int p = 0; p < ours.size(); p++) {
            assertThat(ours.get(p)).containsExactly(expected.get(p), within(1e-5f));
        }
        assertThat(ours.get(0)).isNotEqualTo(ours.get(1));
    }
}
