package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several weight vectors as one batch, as a GPU takes them; here on the CPU, with the batch forced. */
class PopulationTest {

    private static final float TOLERANCE = 2e-5f;

    private static BaseModel base;
    private static LanguageModel model;
    private static List<LoraAdapter> adapters;

    @BeforeAll
    static void load() {
        base = BaseModel.open(Reference.demoHub("base"));
        model = LanguageModel.load(base, Compute.cpu());
        adapters = Stream.of("un", "past", "re", "plural")
                .map(name -> LoraAdapter.load(Reference.demoHub("adapters/" + name)))
                .toList();
    }

    @AfterAll
    static void close() {
        adapters.forEach(LoraAdapter::close);
        model.close();
        base.close();
    }

    /** Arbitrary token ids; the model doesn't need a tokenizer. */
    private static List<int[]> texts(int count, int longest, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> random.ints(
                                2 + random.nextInt(longest), 3, model.config().vocabulary())
                        .toArray())
                .toList();
    }

    /** Dense and sparse ones, singles, and the base model alone. */
    private static final List<double[]> POPULATION = List.of(
            new double[] {0.5, -0.3, 1.2, 0.1},
            new double[] {1, 0, 0, 0},
            new double[] {0, 0, 0, 0},
            new double[] {0, 0.7, 0, -1.5},
            new double[] {-0.2, 0.9, 0.4, 0.6},
            new double[] {0, 0, 1, 0},
            new double[] {1.5, 1.5, -1.5, 0});

    private static void check(AdapterBank bank, Examples examples, int atOnce) {
        List<float[]> alone = model.tokenLosses(bank, examples, POPULATION, 1);
        List<float[]> together = model.tokenLosses(bank, examples, POPULATION, atOnce);
        assertThat(together).hasSameSizeAs(POPULATION);
        for (int p = 0; p < POPULATION.size(); p++) {
            assertThat(together.get(p)).hasSameSizeAs(alone.get(p));
            for (int t = 0; t < alone.get(p).length; t++) {
                assertThat(together.get(p)[t])
                        .as("vector %d, token %d, %d at once", p, t, atOnce)
                        .isCloseTo(alone.get(p)[t], within(TOLERANCE * Math.max(1, alone.get(p)[t])));
            }
        }
        assertThat(together.get(0)).as("not the same for all").isNotEqualTo(together.get(1));
    }

    @ParameterizedTest
    @EnumSource(ComposedWeights.class)
    void a_population_in_one_batch_has_the_losses_of_each_vector_alone(ComposedWeights composition) {
        try (AdapterBank bank = model.bank(adapters, composition);
                Examples examples = model.examples(texts(5, 12, 1), texts(5, 6, 2))) {
            check(bank, examples, POPULATION.size());
            check(bank, examples, 3); // and one that is left
        }
    }

    @ParameterizedTest
    @EnumSource(ComposedWeights.class)
    void so_it_has_where_a_CPU_would_rather_add_the_mix_to_the_weights(ComposedWeights composition) {
        try (AdapterBank bank = model.bank(adapters, composition);
                Examples examples = model.examples(texts(24, 120, 3), texts(24, 40, 4))) {
            assertThat(bank.formIsCheaper(examples.inputTokens(), examples.labelTokens()))
                    .isTrue();
            assertThat(model.vectorsAtOnce(bank, examples)).isOne();
            check(bank, examples, POPULATION.size());
        }
    }

    @Test
    void a_GPU_takes_populations_of_long_examples_too_within_its_memory() {
        assertThat(BatchSize.ofLosses(false, true, 500)).isOne();
        assertThat(BatchSize.ofLosses(true, true, 500)).isEqualTo(32);
        assertThat(BatchSize.ofLosses(true, true, 100_000)).isOne();
        assertThat(BatchSize.ofLosses(false, false, 500)).isEqualTo(4);
    }

    @Test
    void a_device_that_is_not_here_is_refused_with_what_there_is() {
        assertThat(Compute.cpu().chosenDevice()).isEqualTo("cpu");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> new Compute(Optional.of("gpu:99"), Optional.empty(), 0).chosenDevice())
                .withMessageContaining("gpu:99");
    }
}
