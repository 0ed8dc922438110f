package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.config.AdapterException;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.lora.merge.OperatorMerge;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What transformers 4.57.6 and PEFT 0.21.2 compute, to the tolerance that reference/README.md gives. */
class PeftParityTest {

    private static final JsonNode GOLDEN = Reference.json("peft.json");
    private static final double TOLERANCE = 1e-4;

    static Stream<String> models() {
        return names("models");
    }

    static Stream<String> adapters() {
        return names("adapters");
    }

    private static Stream<String> names(String what) {
        List<String> names = new ArrayList<>();
        for (Iterator<String> i = GOLDEN.get(what).fieldNames(); i.hasNext(); ) {
            names.add(i.next());
        }
        return names.stream();
    }

    private static final Optional<KeptModules.Tied> NOT_TIED = Optional.empty();

    @ParameterizedTest
    @MethodSource("models")
    void a_base_model_computes_what_transformers_computes(String name) {
        try (LoraAdapter idle = LoraAdapter.load(Reference.path("adapters/plain-a"))) {
            check(name, List.of(idle), new double[] {0}, GOLDEN.get("models").get(name));
        }
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void an_adapter_computes_what_PEFT_computes_or_is_refused(String name) {
        Path path = Reference.path("adapters/" + name);
        if (List.of("dora", "pissa").contains(name)) {
            String reason = Map.of("dora", "DoRA", "pissa", "pissa").get(name);
            assertThatThrownBy(() -> LoraAdapter.load(path))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining(reason);
            return;
        }
        try (LoraAdapter adapter = LoraAdapter.load(path)) {
            check(
                    "t5-v1.1-gated",
                    List.of(adapter),
                    new double[] {1},
                    GOLDEN.get("adapters").get(name));
        }
    }

    static Stream<String> merges() {
        return names("merges");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat", "cat-different-ranks"})
    void the_exact_composition_is_what_PEFT_calls_cat(String name) {
        JsonNode merge = GOLDEN.get("merges").get(name);
        check("t5-v1.1-gated", parts(merge), Reference.doubles(merge.get("weights")), merge);
    }

    @ParameterizedTest
    @MethodSource("merges")
    void a_merge_computes_what_PEFT_computes(String name) {
        JsonNode merge = GOLDEN.get("merges").get(name);
        JsonNode options = merge.get("options");
        List<LoraAdapter> parts = parts(merge);
        List<WeightedAdapter> weighted = IntStream.range(0, parts.size())
                .mapToObj(i -> new WeightedAdapter(
                        parts.get(i), merge.get("weights").get(i).asDouble()))
                .toList();
        MergeMethod method =
                MergeMethod.valueOf(merge.get("combination_type").textValue().toUpperCase(Locale.ROOT));
        MergeOperator operator = new MergeOperator(
                method,
                options.has("density")
                        ? OptionalDouble.of(options.get("density").doubleValue())
                        : OptionalDouble.empty(),
                Optional.empty(),
                OptionalLong.empty());
        LoraModules merged = OperatorMerge.of(weighted, operator);
        try (LowRank lowRank = new LowRank(merged)) {
            LoraModules cut =
                    options.has("svd_rank") ? lowRank.at(options.get("svd_rank").intValue()) : merged;
            LoraAdapter adapter = new LoraAdapter(
                    "merged", parts.get(0).path(), parts.get(0).config(), cut.all(), List.of(), Optional.empty());
            // PEFT decomposes in float32, which alone changes a module by up to 1e-6 of its norm
            check("t5-v1.1-gated", List.of(adapter), new double[] {1}, merge, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void bfloat16_stays_near_float32_whatever_type_the_file_has(String name) {
        Path folder = Reference.path("models/" + name);
        try (LoraAdapter adapter = LoraAdapter.load(Reference.path("adapters/plain-a"));
                BaseModel base = BaseModel.open(folder);
                Tokenizer tokenizer = Tokenizer.open(folder);
                LanguageModel model = LanguageModel.load(base, Compute.cpu().with(Precision.BFLOAT16));
                AdapterBank bank = model.bank(List.of(adapter), ComposedWeights.EXACT);
                Examples examples = model.examples(
                        encode(tokenizer, GOLDEN.get("inputs")), encode(tokenizer, GOLDEN.get("outputs")))) {
            double[] losses = {
                mean(model.tokenLosses(bank, examples, List.of(new double[1])).get(0)),
                mean(model.gradient(bank, examples, new double[1]).tokenLosses())
            };
            double expected = GOLDEN.get("models").get(name).get("batch_loss").asDouble();
            assertThat(losses)
                    .containsExactly(
                            new double[] {expected, expected}, org.assertj.core.data.Offset.offset(0.02 * expected));
        }
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static List<LoraAdapter> parts(JsonNode merge) {
        return Reference.texts(merge.get("adapters")).stream()
                .map(name -> LoraAdapter.load(Reference.path("adapters/" + name)))
                .toList();
    }

    private static void check(String baseName, List<LoraAdapter> adapters, double[] weights, JsonNode golden) {
        check(baseName, adapters, weights, golden, TOLERANCE);
    }

    private static void check(
            String baseName, List<LoraAdapter> adapters, double[] weights, JsonNode golden, double tolerance) {
        Path folder = Reference.path("models/" + baseName);
        try (BaseModel base = BaseModel.open(folder);
                Tokenizer tokenizer = Tokenizer.open(folder);
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(
                        adapters, ComposedWeights.EXACT, KeptModules.of(adapters, base.weights(), NOT_TIED))) {
            List<int[]> inputs = encode(tokenizer, GOLDEN.get("inputs"));
            try (Examples examples = model.examples(inputs, encode(tokenizer, GOLDEN.get("outputs")))) {
                // alone, in a population and under autograd: three ways through the program
                checkLosses(
                        examples,
                        model.tokenLosses(bank, examples, List.of(weights)).get(0),
                        golden,
                        tolerance);
                double[] other = new double[weights.length];
                checkLosses(
                        examples,
                        model.tokenLosses(bank, examples, List.of(other, weights))
                                .get(1),
                        golden,
                        tolerance);
                checkLosses(examples, model.gradient(bank, examples, weights).tokenLosses(), golden, tolerance);
            }
            List<int[]> generated = GreedyTexts.write(model, bank, weights, inputs, 12);
            for (int i = 0; i < generated.size(); i++) {
                assertThat(generated.get(i))
                        .isEqualTo(cut(
                                golden.get("generated").get(i), base.config().end()));
            }
        }
    }

    private static List<int[]> encode(Tokenizer tokenizer, JsonNode texts) {
        return Reference.texts(texts).stream().map(tokenizer::encode).toList();
    }

    private static void checkLosses(Examples examples, float[] tokenLosses, JsonNode golden, double tolerance) {
        double[] expected = Reference.doubles(golden.get("example_losses"));
        int[] owner = examples.exampleOfToken();
        double total = 0;
        for (int e = 0; e < expected.length; e++) {
            double sum = 0;
            int count = 0;
            for (int t = 0; t < owner.length; t++) {
                if (owner[t] == e) {
                    sum += tokenLosses[t];
                    count++;
                }
            }
            total += sum;
            assertClose(sum / count, expected[e], tolerance);
        }
        assertClose(total / owner.length, golden.get("batch_loss").asDouble(), tolerance);
    }

    private static void assertClose(double actual, double expected, double tolerance) {
        assertThat(actual)
                .isCloseTo(expected, org.assertj.core.data.Offset.offset(tolerance * Math.max(1, Math.abs(expected))));
    }

    /** Without the start token, up to the end token. */
    private static int[] cut(JsonNode row, int end) {
        int[] ids = Arrays.stream(Reference.doubles(row))
                .skip(1)
                .mapToInt(d -> (int) d)
                .toArray();
        int length = 0;
        while (length < ids.length && ids[length] != end) {
            length++;
        }
        return Arrays.copyOf(ids, length);
    }
}
