package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What transformers and PEFT compute with decoder-only models, in the form that make_causal.py and real_models.py write:
 * causal.json with token ids, token losses and greedy continuations, causal/models and causal/adapters.
 */
record CausalReference(Path folder, JsonNode models) {

    private static final List<String> ADAPTERS = List.of("a", "b", "c");
    private static final double TOLERANCE = 1e-4;

    static CausalReference in(Path folder) {
        try {
            JsonNode golden =
                    new ObjectMapper().readTree(folder.resolve("causal.json").toFile());
            return new CausalReference(folder, golden.get("models"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Stream<String> names() {
        return models.properties().stream().map(Map.Entry::getKey);
    }

    Path model(String name) {
        return folder.resolve("causal/models/" + name);
    }

    /** Losses, gradients and texts of the base model, each adapter alone and PEFT's merge. */
    void compare(String name) {
        JsonNode golden = models.get(name);
        List<LoraAdapter> adapters = ADAPTERS.stream()
                .map(a -> LoraAdapter.load(folder.resolve("causal/adapters/" + name + "/" + a)))
                .toList();
        try (BaseModel base = BaseModel.open(model(name));
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
                if (!golden.has(format)) continue; // a model without a chat template
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
                    texts(what + " " + format, GreedyTexts.write(model, bank, mix, inputs, 10), golden.get(format));
                }
            }
        }

        private List<int[]> ids(String format, String part) {
            List<int[]> ids = new ArrayList<>();
            prompts.forEach(p -> ids.add(CausalReference.ids(p.get(format).get(part))));
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
                int[] expected = CausalReference.ids(golden.get("generated").get(i));
                int length = 0;
                while (length < expected.length && expected[length] != end) length++;
                assertThat(actual.get(i)).as("%s, text %d", as, i).isEqualTo(Arrays.copyOf(expected, length));
            }
        }
    }

    static int[] ids(JsonNode array) {
        return Arrays.stream(Reference.doubles(array)).mapToInt(d -> (int) d).toArray();
    }
}
