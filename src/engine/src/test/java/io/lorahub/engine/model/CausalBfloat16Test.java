package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Decoder-only models in bfloat16, beside what transformers and PEFT compute in float32. bfloat16 keeps 8 bits of a number,
 * and the tiny random models amplify what is rounded off, so the tolerances are wide: over the losses of a set of prompts,
 * in nats, a root mean square of 0.25 (0.16 was the most on an AMX processor) and a difference of the means of 0.1 (0.05).
 */
class CausalBfloat16Test {

    private static final double ROOT_MEAN_SQUARE = 0.25;
    private static final double MEAN = 0.1;
    private static final CausalReference REFERENCE = CausalReference.in(Reference.path(""));
    private static final double[] MIX = {0.7, -0.4, 1.1};

    static Stream<String> models() {
        return REFERENCE.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void losses_differ_from_those_in_float32_by_rounding_only(String name) {
        JsonNode golden = REFERENCE.models().get(name);
        List<LoraAdapter> adapters = Stream.of("a", "b", "c")
                .map(a -> LoraAdapter.load(REFERENCE.folder().resolve("causal/adapters/" + name + "/" + a)))
                .toList();
        Compute compute = new Compute(Optional.of("cpu"), Optional.of(Precision.BFLOAT16), 0);
        try (BaseModel base = BaseModel.open(REFERENCE.model(name));
                LanguageModel model = LanguageModel.load(base, compute);
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
            for (String format : List.of("plain", "chat")) {
                List<int[]> prompts = ids(golden, format, "prompt");
                try (Examples examples = model.examples(prompts, ids(golden, format, "output"))) {
                    JsonNode ofBase = golden.at("/base/" + format + "/token_losses");
                    JsonNode ofMix = golden.at("/merges/cat/" + format + "/token_losses");
                    compare(
                            "base " + format,
                            examples,
                            model.tokenLosses(bank, examples, List.of(new double[3]))
                                    .get(0),
                            ofBase);
                    compare(
                            "mix " + format,
                            examples,
                            model.tokenLosses(bank, examples, List.of(MIX)).get(0),
                            ofMix);
                    compare(
                            "mix with gradient " + format,
                            examples,
                            model.gradient(bank, examples, MIX).tokenLosses(),
                            ofMix);
                }
            }
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    private static void compare(String as, Examples examples, float[] actual, JsonNode golden) {
        int[] owner = examples.exampleOfToken();
        int[] next = new int[golden.size()];
        double squares = 0;
        double sum = 0;
        for (int t = 0; t < actual.length; t++) {
            double difference =
                    actual[t] - golden.get(owner[t]).get(next[owner[t]]++).asDouble();
            squares += difference * difference;
            sum += difference;
        }
        assertThat(Math.sqrt(squares / actual.length)).as(as).isLessThan(ROOT_MEAN_SQUARE);
        assertThat(Math.abs(sum / actual.length)).as(as).isLessThan(MEAN);
    }

    private static List<int[]> ids(JsonNode golden, String format, String part) {
        List<int[]> ids = new ArrayList<>();
        golden.get("prompts")
                .forEach(pair -> ids.add(CausalReference.ids(pair.get(format).get(part))));
        return ids;
    }
}
