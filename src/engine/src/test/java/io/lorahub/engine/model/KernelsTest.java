package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.decoding.BatchDecoder;
import io.lorahub.engine.model.decoding.DecodedText;
import io.lorahub.engine.model.decoding.DecoderLimits;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever library libtorch uses for products and attention, the model's output is the same. */
class KernelsTest {

    private static final double[] MIX = {0.5, -0.3, 1.2, 0.1};

    private BaseModel base;
    private List<LoraAdapter> adapters;
    private List<int[]> inputs;
    private List<int[]> labels;

    @BeforeEach
    void open() {
        base = BaseModel.open(Reference.demoHub("base"));
        adapters = Stream.of("un", "past", "re", "plural")
                .map(name -> LoraAdapter.load(Reference.demoHub("adapters/" + name)))
                .toList();
        inputs = texts(6);
        labels = texts(7);
    }

    @AfterEach
    void close() {
        adapters.forEach(LoraAdapter::close);
        base.close();
    }

    /** Enough tokens for oneDNN to be used. */
    private List<int[]> texts(long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, 8)
                .mapToObj(i -> random.ints(20, 3, base.config().vocabulary()).toArray())
                .toList();
    }

    private <T> T with(Precision precision, Map<String, Object> constants, Function<Run, T> use) {
        try (LanguageModel model = LanguageModel.load(base, Compute.cpu().with(precision), constants);
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT);
                Examples examples = model.examples(inputs, labels)) {
            return use.apply(new Run(model, bank, examples));
        }
    }

    private record Run(LanguageModel model, AdapterBank bank, Examples examples) {

        float[] losses() {
            return model.tokenLosses(bank, examples, List.of(MIX)).get(0);
        }

        float[] lossesInAPopulation() {
            return model.tokenLosses(bank, examples, List.of(MIX, MIX), 2).get(0);
        }

        LossGradient gradient() {
            return model.gradient(bank, examples, MIX);
        }
    }

    private <T> T withOneDnn(boolean yes, Function<Run, T> use) {
        return with(Precision.FLOAT32, Map.of("onednn", yes), use);
    }

    @Test
    @EnabledOnOs(architectures = {"amd64", "x86_64"})
    void losses_by_oneDNN_are_those_by_MKL() {
        assertThat(withOneDnn(true, Run::losses)).containsExactly(withOneDnn(false, Run::losses), within(2e-5f));
        assertThat(withOneDnn(true, Run::lossesInAPopulation))
                .containsExactly(withOneDnn(false, Run::losses), within(2e-5f));
    }

    @Test
    @EnabledOnOs(architectures = {"amd64", "x86_64"})
    void a_gradient_by_oneDNN_is_the_one_by_MKL() {
        LossGradient byOneDnn = withOneDnn(true, Run::gradient);
        LossGradient byMkl = withOneDnn(false, Run::gradient);
        assertThat(byOneDnn.tokenLosses()).containsExactly(byMkl.tokenLosses(), within(2e-5f));
        assertThat(byOneDnn.gradient()).containsExactly(byMkl.gradient(), within(1e-5));
    }

    @Test
    @EnabledOnOs(architectures = {"amd64", "x86_64"})
    void texts_written_by_oneDNN_are_those_by_MKL() {
        Function<Run, List<int[]>> write = run -> GreedyTexts.write(run.model(), run.bank(), MIX, inputs, 12);
        assertThat(withOneDnn(true, write)).usingRecursiveComparison().isEqualTo(withOneDnn(false, write));
    }

    /** As a decoder does it with five to fifteen texts and large layers, other than MKL does by itself. */
    @ParameterizedTest
    @ValueSource(ints = {5, 8, 15, 16})
    void the_product_of_few_rows_and_a_large_weight_is_the_same_either_way(int rows) {
        Random random = new Random(rows);
        float[] x = numbers(random, rows * 1024);
        float[] weight = numbers(random, 4096 * 1024);
        float[] plain = product(false, x, weight);
        float[] turned = product(true, x, weight);
        assertThat(turned).hasSize(rows * 4096).containsExactly(plain, within(1e-3f));
        assertThat(plain[0]).isNotEqualTo(0f);
    }

    @Test
    @EnabledOnOs(architectures = {"amd64", "x86_64"})
    void a_product_with_its_activation_is_the_two_one_after_the_other() {
        Map<String, Object> fused = Map.of("onednn", true, "fused", true);
        Map<String, Object> apart = Map.of("onednn", true, "fused", false);
        assertThat(with(Precision.FLOAT32, fused, Run::losses))
                .containsExactly(with(Precision.FLOAT32, apart, Run::losses), within(2e-5f));
    }

    @Test
    void attention_step_by_step_in_bfloat16_is_the_fused_one_but_for_rounding() {
        float[] fused = with(Precision.BFLOAT16, Map.of("step_by_step", false), Run::losses);
        float[] stepByStep = with(Precision.BFLOAT16, Map.of("step_by_step", true), Run::losses);
        float[] exact = with(Precision.FLOAT32, Map.of(), Run::losses);
        assertThat(distance(stepByStep, exact)).isLessThan(2 * distance(fused, exact) + 1e-3);
    }

    @Test
    @EnabledOnOs(architectures = {"amd64", "x86_64"})
    void a_gated_layer_by_oneDNN_is_the_products_and_the_rest_one_after_the_other() {
        float[] apart = ofLlama(Precision.FLOAT32, Map.of("onednn", true, "fused", false));
        assertThat(ofLlama(Precision.FLOAT32, Map.of("onednn", true, "fused", true)))
                .containsExactly(apart, within(2e-5f))
                .isNotEqualTo(apart);
    }

    @Test
    void a_decoder_only_model_in_bfloat16_differs_by_rounding_whichever_kernels_it_uses() {
        float[] exact = ofLlama(Precision.FLOAT32, Map.of());
        float[] plain = ofLlama(Precision.BFLOAT16, Map.of("fused", false, "step_by_step", false));
        float[] fast = ofLlama(Precision.BFLOAT16, Map.of("fused", Processor.hasBfloat16(), "step_by_step", true));
        assertThat(distance(fast, exact)).isLessThan(1.5 * distance(plain, exact) + 1e-3);
    }

    /** The factors are used where the changed weights of a large model would take too much memory. */
    @Test
    void a_mix_that_stays_in_factors_has_its_coefficients_even_when_the_memory_of_the_call_is_used_again() {
        List<int[]> weights = with(Precision.FLOAT32, Map.of(), this::written);
        assertThat(weights).isNotEmpty().allSatisfy(text -> assertThat(text).isNotEmpty());
        assertThat(with(Precision.FLOAT32, Map.of("formed_elements", 0L), this::written))
                .usingRecursiveComparison()
                .isEqualTo(weights);
    }

    /** Texts of the mix, written when everything that Java has given up holds something else. */
    private List<int[]> written(Run run) {
        DecoderLimits limits = DecoderLimits.forInputs(run.model(), inputs, 8);
        try (BatchDecoder decoder = new BatchDecoder(run.model(), run.bank(), MIX, limits)) {
            useMemoryAgain();
            List<DecodedText> texts = inputs.stream()
                    .map(prompt -> decoder.join(prompt, 8, List.of(), KeptModules.NONE, 0, OptionalDouble.empty(), "")
                            .orElseThrow())
                    .toList();
            for (int step = 0; step < 8; step++) {
                for (DecodedText text : decoder.step()) text.append(text.mostProbable());
            }
            texts.forEach(decoder::leave);
            return texts.stream().map(DecodedText::written).toList();
        }
    }

    private static void useMemoryAgain() {
        List<ByteBuffer> taken = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            System.gc(); // direct buffers without a reader are freed
            for (int i = 0; i < 2000; i++) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(16 + i % 1000);
                while (buffer.hasRemaining()) buffer.put((byte) 0xff); // no numbers
                taken.add(buffer);
            }
        }
        assertThat(taken).hasSize(6000);
    }

    /** Losses of a Llama on inputs whose lengths are no multiples of a vector register. */
    private static float[] ofLlama(Precision precision, Map<String, Object> constants) {
        CausalReference reference = CausalReference.in(Reference.path(""));
        Random random = new Random(8);
        List<List<int[]>> pairs = Stream.of(60, 20)
                .map(length -> IntStream.range(0, 30)
                        .mapToObj(i -> random.ints(length, 3, 384).toArray())
                        .toList())
                .toList();
        try (BaseModel base = BaseModel.open(reference.model("llama"));
                LoraAdapter adapter = LoraAdapter.load(reference.folder().resolve("causal/adapters/llama/a"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu().with(precision), constants);
                AdapterBank bank = model.bank(List.of(adapter), ComposedWeights.EXACT);
                Examples examples = model.examples(pairs.get(0), pairs.get(1))) {
            return model.tokenLosses(bank, examples, List.of(new double[] {0.7}))
                    .get(0);
        }
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = (float) random.nextGaussian();
        return numbers;
    }

    /** x [rows, 1024] times the transpose of a weight [4096, 1024]. */
    private float[] product(boolean mkl, float[] x, float[] weight) {
        return with(Precision.FLOAT32, Map.of("mkl", mkl, "onednn", false), run -> {
            try (PtNDManager manager = run.model().newSubManager();
                    IValue rows = IValue.from((PtNDArray) manager.create(x, new Shape(x.length / 1024, 1024)));
                    IValue layer = IValue.from((PtNDArray) manager.create(weight, new Shape(4096, 1024)));
                    IValue result = run.model().program().call("product", rows, layer)) {
                return result.toTensor(manager).toFloatArray();
            }
        });
    }

    private static double distance(float[] a, float[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs(a[i] - b[i]))
                .average()
                .orElseThrow();
    }
}
