package io.lorahub.engine.model;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An adapter with a weight per group of layers is the sum of its parts: what the model computes is compared with
 * candidates that change one group only.
 */
class LayerGroupsTest {

    private static final float TOLERANCE = 2e-5f;

    @TempDir
    private Path folder;

    /** Arbitrary token ids. */
    private static Examples examples(LanguageModel model) {
        return model.examples(texts(1, model), texts(2, model));
    }

    private static List<int[]> texts(long seed, LanguageModel model) {
        Random random = new Random(seed);
        return IntStream.range(0, 5)
                .mapToObj(i -> random.ints(
                                2 + random.nextInt(12), 3, model.config().vocabulary())
                        .toArray())
                .toList();
    }

    /** Each adapter's parts, side by side. */
    private static List<LoraAdapter> parts(List<LoraAdapter> adapters, LayerGroups groups, LanguageModel model) {
        ToIntFunction<String> group = groups.of(model.config());
        List<LoraAdapter> parts = new ArrayList<>();
        for (LoraAdapter adapter : adapters) {
            for (int g = 0; g < groups.size(); g++) {
                int number = g;
                parts.add(adapter.only(module -> group.applyAsInt(module) == number));
            }
        }
        return parts;
    }

    private static void compare(LanguageModel model, List<LoraAdapter> adapters, LayerGroups groups) {
        int size = adapters.size() * groups.size();
        double[] dense = new Random(3).doubles(size, -1.2, 1.2).toArray();
        double[] sparse = new double[size];
        sparse[1] = 0.8;
        sparse[groups.size()] = -0.7;
        List<double[]> vectors = List.of(dense, sparse, new double[size]);
        try (AdapterBank whole = model.bank(adapters, ComposedWeights.EXACT);
                AdapterBank divided = model.bank(parts(adapters, groups, model), ComposedWeights.EXACT);
                Examples examples = examples(model)) {
            model.setGroups(whole, groups);
            for (int atOnce : new int[] {1, vectors.size()}) {
                List<float[]> expected = model.tokenLosses(divided, examples, vectors, atOnce);
                List<float[]> losses = model.tokenLosses(whole, examples, vectors, atOnce);
                for (int v = 0; v < vectors.size(); v++) same(losses.get(v), expected.get(v));
            }
            for (boolean lean : new boolean[] {false, true}) {
                assertThat(model.gradient(whole, examples, dense, lean).gradient())
                        .containsExactly(
                                model.gradient(divided, examples, dense, false).gradient(), within(1e-4));
            }
            SeparateGradients.check(model, whole, texts(4, model), texts(5, model), List.of(dense, sparse));
            assertThat(GreedyTexts.write(model, whole, dense, texts(4, model), 8))
                    .usingRecursiveComparison()
                    .isEqualTo(GreedyTexts.write(model, divided, dense, texts(4, model), 8));
        }
    }

    private static void same(float[] losses, float[] expected) {
        for (int t = 0; t < expected.length; t++) {
            assertThat(losses[t]).isCloseTo(expected[t], within(TOLERANCE * Math.max(1, expected[t])));
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"AUTO", "NONE"},
            mode = EnumSource.Mode.EXCLUDE)
    void losses_and_gradients_are_those_of_the_parts(LayerGroups groups) {
        List<LoraAdapter> adapters = Stream.of("un", "past", "re")
                .map(name -> LoraAdapter.load(Reference.demoHub("adapters/" + name)))
                .toList();
        try (BaseModel base = BaseModel.open(Reference.demoHub("base"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu())) {
            compare(model, adapters, groups);
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    @Test
    void so_they_are_with_biases_and_an_output_layer() {
        try (BaseModel base = BaseModel.open(Reference.path("models/t5-v1.1-gated"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                LoraAdapter bias = LoraAdapter.load(Reference.path("adapters/lora-bias"));
                LoraAdapter output = LoraAdapter.load(anAdapter()
                        .adapting("lm_head")
                        .ofShape(base.config().vocabulary(), base.config().width())
                        .in(folder, "output"));
                LoraAdapter linear = LoraAdapter.load(Reference.path("adapters/all-linear"))) {
            compare(model, List.of(bias, output, linear), LayerGroups.STACKS);
        }
    }

    @Test
    void one_weight_per_adapter_is_the_same_in_all_groups() {
        try (BaseModel base = BaseModel.open(Reference.demoHub("base"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                LoraAdapter un = LoraAdapter.load(Reference.demoHub("adapters/un"));
                LoraAdapter past = LoraAdapter.load(Reference.demoHub("adapters/past"));
                AdapterBank bank = model.bank(List.of(un, past), ComposedWeights.EXACT);
                Examples examples = examples(model)) {
            double[] shared = {0.9, -0.4};
            float[] before = model.tokenLosses(bank, examples, List.of(shared)).get(0);
            double[] slopes = model.gradient(bank, examples, shared).gradient();
            model.setGroups(bank, LayerGroups.THIRDS);

            assertThat(model.tokenLosses(bank, examples, List.of(shared)).get(0))
                    .isEqualTo(before);
            assertThat(model.gradient(bank, examples, shared).gradient()).containsExactly(slopes, within(1e-5));
            assertThat(bank.perGroup(shared)).containsExactly(0.9, 0.9, 0.9, -0.4, -0.4, -0.4);
            double[] all = model.gradient(bank, examples, bank.perGroup(shared)).gradient();
            assertThat(Arrays.stream(all).limit(3).sum()).isCloseTo(slopes[0], within(1e-5));

            model.setGroups(bank, LayerGroups.NONE);
            assertThat(model.tokenLosses(bank, examples, List.of(shared)).get(0))
                    .isEqualTo(before);
        }
    }

    @Test
    void modules_outside_the_layers_belong_to_the_nearest_group() {
        try (BaseModel base = BaseModel.open(Reference.demoHub("base"))) {
            ToIntFunction<String> thirds = LayerGroups.THIRDS.of(base.config());
            // four layers per stack: the first third has two of them
            assertThat(IntStream.range(0, 4).map(i -> thirds.applyAsInt("encoder.block." + i + ".layer.0.x")))
                    .containsExactly(0, 0, 1, 2);
            assertThat(thirds.applyAsInt("decoder.block.3.layer.2.DenseReluDense.wo"))
                    .isEqualTo(2);
            assertThat(thirds.applyAsInt(base.config().embedding())).isZero();
            assertThat(thirds.applyAsInt(base.config().outputLayer())).isEqualTo(2);
            ToIntFunction<String> stacks = LayerGroups.STACKS.of(base.config());
            assertThat(stacks.applyAsInt(base.config().embedding())).isZero();
            assertThat(stacks.applyAsInt("encoder.block.3.layer.0.SelfAttention.q"))
                    .isZero();
            assertThat(stacks.applyAsInt("decoder.block.0.layer.0.SelfAttention.q"))
                    .isOne();
            assertThat(stacks.applyAsInt(base.config().outputLayer())).isOne();
        }
    }

    @Test
    void groups_that_a_model_or_a_composition_cannot_have_are_refused() {
        try (BaseModel base = BaseModel.open(Reference.demoHub("base"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                LoraAdapter un = LoraAdapter.load(Reference.demoHub("adapters/un"));
                AdapterBank bank = model.bank(List.of(un), ComposedWeights.FACTOR);
                BaseModel causal = BaseModel.open(Reference.path("causal/models/llama-tied"))) {
            assertThatThrownBy(() -> model.setGroups(bank, LayerGroups.STACKS))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("exact composition");
            assertThatThrownBy(() -> LayerGroups.STACKS.of(causal.config()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("use \"thirds\"");
        }
    }
}
