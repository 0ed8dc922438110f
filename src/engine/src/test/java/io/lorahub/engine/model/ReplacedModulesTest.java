package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters with trained embeddings and output layers compute what PEFT computes, see reference/make_saved_modules.py. */
class ReplacedModulesTest {

    private static final JsonNode GOLDEN = Reference.json("saved-modules.json");
    private static final double[] ALONE = {1, 0};
    private static final double[] MIX = {
        GOLDEN.get("weight").asDouble(), GOLDEN.get("other").asDouble()
    };
    private static final double[] PLAIN = {0, MIX[1]};

    @TempDir
    Path dir;

    static Stream<String> adapters() {
        Iterable<String> names = GOLDEN.get("adapters")::fieldNames;
        return StreamSupport.stream(names.spliterator(), false).filter(name -> !name.equals("t5-shared"));
    }

    private static Path base(String name) {
        String model = GOLDEN.get("adapters").get(name).get("base").asText();
        return Reference.path((model.startsWith("t5") ? "models/" : "causal/models/") + model);
    }

    private static Path path(String name) {
        return Reference.path("saved-modules/" + name);
    }

    private static Path plain(String name) {
        return path(GOLDEN.get("plain")
                .get(GOLDEN.get("adapters").get(name).get("base").asText())
                .asText());
    }

    /** The adapter first, then one of the same model without modules of its own. */
    private static LearningSession open(String name) {
        return LearningSession.open(
                base(name),
                List.of(LoraAdapter.load(path(name)), LoraAdapter.load(plain(name))),
                ComposedWeights.EXACT,
                Compute.cpu());
    }

    private static List<int[]> ids(String name, String part) {
        List<int[]> ids = new ArrayList<>();
        GOLDEN.get("pairs")
                .get(GOLDEN.get("adapters").get(name).get("base").asText())
                .forEach(pair -> ids.add(ints(pair.get(part))));
        return ids;
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    private static Examples examples(LearningSession session, String name) {
        return session.model().examples(ids(name, "input"), ids(name, "output"));
    }

    private static void requireLosses(Examples examples, float[] losses, JsonNode golden) {
        requireLosses(examples, losses, golden, 1e-4);
    }

    private static void requireLosses(Examples examples, float[] losses, JsonNode golden, double tolerance) {
        int[] owner = examples.exampleOfToken();
        int[] next = new int[golden.size()];
        for (int t = 0; t < losses.length; t++) {
            double expected = golden.get(owner[t]).get(next[owner[t]]++).asDouble();
            assertThat((double) losses[t])
                    .as("token %d of example %d", next[owner[t]] - 1, owner[t])
                    .isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
        }
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void losses_are_those_of_PEFT_alone_in_a_mix_in_a_population_and_under_autograd(String name) {
        JsonNode golden = GOLDEN.get("adapters").get(name);
        assertThat(Inspection.of(path(name), base(name)).sound()).isTrue();
        try (LearningSession session = open(name);
                Examples examples = examples(session, name)) {
            JsonNode alone = golden.get("alone").get("token_losses");
            JsonNode mix = golden.get("mix").get("token_losses");
            List<float[]> population =
                    session.model().tokenLosses(session.bank(), examples, List.of(PLAIN, MIX, ALONE, PLAIN), 4);
            requireLosses(examples, population.get(1), mix);
            requireLosses(examples, population.get(2), alone);
            assertThat(population.get(3)).isEqualTo(population.get(0));
            requireLosses(
                    examples,
                    session.model()
                            .gradients(session.bank(), examples, List.of(PLAIN, ALONE, MIX), false)
                            .get(2)
                            .tokenLosses(),
                    mix);
            for (boolean lean : new boolean[] {false, true}) {
                requireLosses(
                        examples,
                        session.model()
                                .gradient(session.bank(), examples, MIX, lean)
                                .tokenLosses(),
                        mix);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void continuations_are_those_of_PEFT(String name) {
        JsonNode golden = GOLDEN.get("adapters").get(name);
        try (LearningSession session = open(name)) {
            List<Integer> ends = session.base().generation().ends();
            for (String kind : List.of("alone", "mix")) {
                JsonNode expected = golden.get(kind).get("generated");
                List<int[]> written = GreedyTexts.write(
                        session.model(), session.bank(), kind.equals("mix") ? MIX : ALONE, ids(name, "input"), 8);
                for (int i = 0; i < written.size(); i++) {
                    int[] own = Arrays.stream(ints(expected.get(i)))
                            .takeWhile(id -> !ends.contains(id))
                            .toArray();
                    assertThat(written.get(i)).as("%s, example %d", kind, i).containsExactly(own);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"head", "tied-head", "t5-head"})
    void with_the_weight_0_it_leaves_its_modules_out(String name) {
        try (LearningSession session = open(name);
                LearningSession other = LearningSession.open(
                        base(name), List.of(LoraAdapter.load(plain(name))), ComposedWeights.EXACT, Compute.cpu());
                Examples examples = examples(session, name)) {
            for (double[] weights : List.of(PLAIN, new double[2])) {
                float[] losses = session.model()
                        .tokenLosses(session.bank(), examples, List.of(weights))
                        .get(0);
                float[] expected = other.model()
                        .tokenLosses(other.bank(), examples, List.of(new double[] {weights[1]}))
                        .get(0);
                for (int t = 0; t < losses.length; t++) assertThat(losses[t]).isCloseTo(expected[t], within(1e-4f));
                assertThat(session.kept(weights).isEmpty()).isTrue();
            }
            assertThat(session.kept(MIX).modules()).containsExactly("lm_head");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"both", "tied-embedding", "t5-tied-head"})
    void derivatives_are_those_of_the_changed_model(String name) {
        try (LearningSession session = open(name);
                Examples examples = examples(session, name)) {
            double[] gradient =
                    session.model().gradient(session.bank(), examples, MIX).gradient();
            for (int i = 0; i < MIX.length; i++) {
                double[] up = MIX.clone();
                double[] down = MIX.clone();
                up[i] += 0.01;
                down[i] -= 0.01;
                double numeric = (mean(session, examples, up) - mean(session, examples, down)) / 0.02;
                assertThat(gradient[i]).isCloseTo(numeric, within(0.02 * Math.max(1, Math.abs(numeric))));
            }
        }
    }

    /** Mean over examples of the mean token loss. */
    private static double mean(LearningSession session, Examples examples, double[] weights) {
        float[] losses = session.model()
                .tokenLosses(session.bank(), examples, List.of(weights))
                .get(0);
        int[] owner = examples.exampleOfToken();
        return IntStream.range(0, examples.count())
                .mapToDouble(e -> IntStream.range(0, losses.length)
                        .filter(t -> owner[t] == e)
                        .mapToDouble(t -> losses[t])
                        .average()
                        .orElseThrow())
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void the_written_adapter_and_the_full_model_compute_the_same(String name) throws IOException {
        JsonNode mix = GOLDEN.get("adapters").get(name).get("mix").get("token_losses");
        Path out = dir.resolve("out");
        boolean fused = !name.equals("t5-embedding");
        ExportOptions options = new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), fused, false);
        try (LearningSession session = open(name)) {
            MergeExport.write(session, MIX, List.of(), options, report -> new ObjectMapper().createObjectNode(), out);
        }
        try (LearningSession session = LearningSession.open(
                        base(name), List.of(LoraAdapter.load(out)), ComposedWeights.EXACT, Compute.cpu());
                Examples examples = examples(session, name)) {
            requireLosses(
                    examples,
                    session.model()
                            .tokenLosses(session.bank(), examples, List.of(new double[] {1}))
                            .get(0),
                    mix);
        }
        if (!fused) return;
        try (LearningSession session = LearningSession.alone(out.resolve("fused"), Compute.cpu());
                Examples examples = examples(session, name)) {
            requireLosses(
                    examples,
                    session.model()
                            .tokenLosses(session.bank(), examples, List.of(new double[0]))
                            .get(0),
                    mix,
                    name.startsWith("tied-") ? 5e-2 : 1e-4); // the file of that base model is of bfloat16
        }
        boolean tied = new ObjectMapper()
                .readTree(out.resolve("fused/config.json").toFile())
                .path("tie_word_embeddings")
                .asBoolean(true);
        if (name.equals("tied-together")) assertThat(tied).isTrue();
        if (name.startsWith("tied-") && !name.equals("tied-together"))
            assertThat(tied).isFalse();
    }

    @Test
    void a_full_model_of_T5_has_no_place_for_two_embeddings() {
        ExportOptions options = new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), true, false);
        try (LearningSession session = open("t5-embedding")) {
            assertThatThrownBy(() -> MergeExport.requirePossible(session.adapters(), session.kept(), options))
                    .hasMessageContaining("t5-embedding replaces decoder.embed_tokens (modules_to_save)")
                    .hasMessageContaining("Leave out the adapter or the full model.");
        }
    }

    @Test
    void the_embedding_that_T5_never_reads_is_refused() {
        assertThat(Inspection.of(path("t5-shared"), base("t5-shared")).sound()).isFalse();
        assertThatThrownBy(() -> open("t5-shared"))
                .hasMessageContaining("PEFT replaces the module shared, but T5's encoder and decoder keep their own");
    }

    @Test
    void two_candidates_with_modules_of_their_own_are_refused() {
        LoraAdapter one = LoraAdapter.load(path("head"));
        LoraAdapter two = LoraAdapter.load(path("both"));
        assertThatThrownBy(() ->
                        LearningSession.open(base("head"), List.of(one, two), ComposedWeights.EXACT, Compute.cpu()))
                .hasMessageContaining("head and both both replace whole modules (lm_head; lm_head, model.embed_tokens)")
                .hasMessageContaining("Leave one of them out.");
    }
}
