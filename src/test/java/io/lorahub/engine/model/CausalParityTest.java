package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.testsupport.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What transformers 4.57.6 and PEFT 0.21.2 compute with decoder-only models, see reference/make_causal.py. */
class CausalParityTest {

    private static final JsonNode GOLDEN = Reference.json("causal.json").get("models");
    private static final List<String> ADAPTERS = List.of("a", "b", "c");
    private static final double TOLERANCE = 1e-4;

    static Stream<String> models() {
        Iterable<String> names = GOLDEN::fieldNames;
        return StreamSupport.stream(names.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("models")
    void losses_gradients_and_texts_are_those_of_the_reference(String name) {
        JsonNode golden = GOLDEN.get(name);
        List<LoraAdapter> adapters = ADAPTERS.stream()
                .map(a -> LoraAdapter.load(Reference.path("causal/adapters/" + name + "/" + a)))
                .toList();
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/" + name));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
            Check check = new Check(model, bank, golden.get("prompts"));
            check.as("base", new double[3], golden.get("base"));
            for (int i = 0; i < ADAPTERS.size(); i++) {
                double[] alone = new double[3];
                alone[i] = 1;
                check.as(ADAPTERS.get(i), alone, golden.get("adapters").get(ADAPTERS.get(i)));
            }
            JsonNode merge = golden.get("merges").get("cat");
            double[] mix = ADAPTERS.stream()
                    .mapToDouble(a -> merge.get("weights").get(a).asDouble())
                    .toArray();
            check.as("cat", mix, merge);
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    private record Check(LanguageModel model, AdapterBank bank, JsonNode prompts) {

        void as(String what, double[] mix, JsonNode golden) {
            for (String format : List.of("plain", "chat")) {
                List<int[]> inputs = ids(format, "prompt");
                JsonNode losses = golden.get(format).get("token_losses");
                try (Examples examples = model.examples(inputs, ids(format, "output"))) {
                    String as = what + " " + format;
                    // alone, in a population, and under autograd with and without all activations
                    losses(
                            as,
                            examples,
                            model.tokenLosses(bank, examples, List.of(mix)).get(0),
                            losses);
                    List<double[]> vectors = List.of(new double[3], mix, new double[] {0.1, 0.2, 0.3});
                    losses(
                            as + " of several",
                            examples,
                            model.tokenLosses(bank, examples, vectors, 3).get(1),
                            losses);
                    losses(
                            as + " gradient",
                            examples,
                            model.gradient(bank, examples, mix, false).tokenLosses(),
                            losses);
                    losses(
                            as + " lean",
                            examples,
                            model.gradient(bank, examples, mix, true).tokenLosses(),
                            losses);
                }
                if (golden.get(format).has("generated")) {
                    texts(what + " " + format, model.generate(bank, mix, inputs, 10), golden.get(format));
                }
            }
        }

        private List<int[]> ids(String format, String part) {
            List<int[]> ids = new ArrayList<>();
            prompts.forEach(p -> ids.add(CausalParityTest.ids(p.get(format).get(part))));
            return ids;
        }

        private void losses(String as, Examples examples, float[] actual, JsonNode expected) {
            int[] owner = examples.exampleOfToken();
            int[] next = new int[expected.size()];
            for (int t = 0; t < actual.length; t++) {
                double loss = expected.get(owner[t]).get(next[owner[t]]++).asDouble();
                assertThat((double) actual[t])
                        .as("%s, token %d of example %d", as, next[owner[t]] - 1, owner[t])
                        .isCloseTo(loss, within(TOLERANCE * Math.max(1, Math.abs(loss))));
            }
            for (int e = 0; e < next.length; e++)
                assertThat(next[e]).isEqualTo(expected.get(e).size());
        }

        private void texts(String as, List<int[]> actual, JsonNode golden) {
            int end = model.config().end();
            for (int i = 0; i < actual.size(); i++) {
                int[] expected = CausalParityTest.ids(golden.get("generated").get(i));
                int length = 0;
                while (length < expected.length && expected[length] != end) length++;
                assertThat(actual.get(i)).as("%s, text %d", as, i).isEqualTo(Arrays.copyOf(expected, length));
            }
        }
    }

    private static int[] ids(JsonNode array) {
        return Arrays.stream(Reference.doubles(array)).mapToInt(d -> (int) d).toArray();
    }
}
