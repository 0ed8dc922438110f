package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Decoder-only models with less common settings, types and lengths, and derivatives, against transformers and PEFT: see
 * reference/make_causal_more.py.
 */
class CausalVariantsTest {

    private static final JsonNode GOLDEN = Reference.json("causal-more.json");
    private static final double[] MIX = Reference.doubles(GOLDEN.get("weights"));

    static Stream<String> models() {
        Iterable<String> names = GOLDEN.get("models")::fieldNames;
        return StreamSupport.stream(names.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("models")
    void losses_derivatives_and_texts_are_those_of_the_reference(String name) {
        JsonNode golden = GOLDEN.get("models").get(name);
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.path("causal-more/adapters/" + name));
        try (BaseModel base = BaseModel.open(Reference.path("causal-more/models/" + name));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
            for (String set : List.of("mixed", "shared")) {
                List<int[]> inputs = ids(golden.get("examples").get(set), "prompt");
                List<int[]> labels = ids(golden.get("examples").get(set), "output");
                SeparateGradients.check(model, bank, inputs, labels, List.of(new double[2], MIX));
                try (Examples examples = model.examples(inputs, labels);
                        Examples separate = model.separateExamples(inputs, labels)) {
                    if (examples.areSeparate())
                        assertThat(examples.inputTokens()).isEqualTo(separate.inputTokens());
                    else assertThat(examples.inputTokens()).isLessThan(separate.inputTokens());
                    assertThat(examples.separateInputTokens()).isEqualTo(separate.inputTokens());
                    JsonNode mix = golden.get("mix").get(set);
                    List<double[]> vectors = List.of(new double[2], MIX);
                    for (int atOnce : new int[] {1, 2}) {
                        List<float[]> losses = model.tokenLosses(bank, examples, vectors, atOnce);
                        check(
                                set + " base",
                                examples,
                                losses.get(0),
                                golden.get("base").get(set));
                        check(set + " mix", examples, losses.get(1), mix);
                    }
                    assertThat(model.gradients(bank, examples, vectors, false)).zipSatisfy(vectors, (both, vector) -> {
                        LossGradient alone = model.gradient(bank, examples, vector, false);
                        assertThat(both.tokenLosses()).containsExactly(alone.tokenLosses(), within(1e-4f));
                        assertThat(both.gradient()).containsExactly(alone.gradient(), within(1e-4));
                    });
                    for (boolean lean : new boolean[] {false, true}) {
                        LossGradient gradient = model.gradient(bank, examples, MIX, lean);
                        check(set + " gradient", examples, gradient.tokenLosses(), mix);
                        double[] expected = Reference.doubles(mix.get("gradient"));
                        double largest =
                                Arrays.stream(expected).map(Math::abs).max().orElseThrow();
                        assertThat(gradient.gradient())
                                .as(set + " gradient, lean " + lean)
                                .containsExactly(expected, within(1e-3 * largest + 1e-5));
                    }
                }
                if (golden.get("base").get(set).has("generated")) {
                    texts(
                            GreedyTexts.write(model, bank, new double[2], inputs, 8),
                            golden.get("base").get(set),
                            base);
                    texts(
                            GreedyTexts.write(model, bank, MIX, inputs, 8),
                            golden.get("mix").get(set),
                            base);
                }
            }
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    private static void check(String as, Examples examples, float[] actual, JsonNode golden) {
        JsonNode expected = golden.get("token_losses");
        int[] owner = examples.exampleOfToken();
        int[] next = new int[expected.size()];
        for (int t = 0; t < actual.length; t++) {
            double loss = expected.get(owner[t]).get(next[owner[t]]++).asDouble();
            assertThat((double) actual[t])
                    .as("%s, token %d of example %d", as, next[owner[t]] - 1, owner[t])
                    .isCloseTo(loss, within(1e-4 * Math.max(1, Math.abs(loss))));
        }
        for (int e = 0; e < next.length; e++) {
            assertThat(next[e]).isEqualTo(expected.get(e).size());
        }
    }

    /** Up to any of the end tokens that generation_config.json names. */
    private static void texts(List<int[]> actual, JsonNode golden, BaseModel base) {
        for (int i = 0; i < actual.size(); i++) {
            int[] expected = ids(golden.get("generated").get(i));
            int length = 0;
            while (length < expected.length && !base.generation().ends().contains(expected[length])) length++;
            assertThat(actual.get(i)).as("text %d", i).isEqualTo(Arrays.copyOf(expected, length));
        }
    }

    private static List<int[]> ids(JsonNode rows, String part) {
        List<int[]> ids = new ArrayList<>();
        rows.forEach(row -> ids.add(ids(row.get(part))));
        return ids;
    }

    private static int[] ids(JsonNode array) {
        return Arrays.stream(Reference.doubles(array)).mapToInt(d -> (int) d).toArray();
    }
}
