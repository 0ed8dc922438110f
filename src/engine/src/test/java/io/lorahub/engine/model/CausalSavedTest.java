package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Adapters of decoder-only models as PEFT and the programs that use it save them, see reference/make_causal_saved.py.
 */
class CausalSavedTest {

    private static final JsonNode GOLDEN = Reference.json("causal-saved.json").get("adapters");
    private static final JsonNode PROMPTS = Reference.json("causal.json").get("models");

    /** What the message must contain. */
    private static final Map<String, String> REFUSED = Map.of(
            "saved-resized", "the vocabulary was changed in training",
            "saved-norm", "modules_to_save is [\"norm\"]",
            "dora", "DoRA",
            "bias-all", "bias=\"none\"",
            "bias-lora-only", "bias=\"none\"");

    static Stream<String> accepted() {
        Iterable<String> names = GOLDEN::fieldNames;
        return StreamSupport.stream(names.spliterator(), false).filter(name -> !REFUSED.containsKey(name));
    }

    static Stream<String> refused() {
        return REFUSED.keySet().stream();
    }

    private static Path adapter(String name) {
        return Reference.path("causal-saved/" + name);
    }

    private static Path base(String name) {
        return Reference.path("causal/models/" + GOLDEN.get(name).get("base").asText());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void accepted_adapters_have_the_losses_of_the_reference(String name) {
        assertThat(Inspection.of(adapter(name)).sound()).isTrue();
        Inspection inspection = Inspection.of(adapter(name), base(name));
        assertThat(inspection.sound()).as(inspection.findings().toString()).isTrue();
        List<int[]> inputs = ids(name, "prompt");
        try (LearningSession session = LearningSession.open(
                        base(name), List.of(LoraAdapter.load(adapter(name))), ComposedWeights.EXACT, Compute.cpu());
                Examples examples = session.model().examples(inputs, ids(name, "output"))) {
            float[] losses = session.model()
                    .tokenLosses(session.bank(), examples, List.of(new double[] {1}))
                    .get(0);
            int[] owner = examples.exampleOfToken();
            int[] next = new int[inputs.size()];
            JsonNode golden = GOLDEN.get(name).get("token_losses");
            for (int t = 0; t < losses.length; t++) {
                double expected = golden.get(owner[t]).get(next[owner[t]]++).asDouble();
                assertThat((double) losses[t])
                        .as("token %d of example %d", next[owner[t]] - 1, owner[t])
                        .isCloseTo(expected, within(1e-4 * Math.max(1, Math.abs(expected))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void others_are_refused_with_the_reason(String name) {
        assertThat(Inspection.of(adapter(name), base(name)).sound()).isFalse();
        assertThatThrownBy(() -> LearningSession.open(
                        base(name), List.of(LoraAdapter.load(adapter(name))), ComposedWeights.EXACT, Compute.cpu()))
                .hasMessageContaining(REFUSED.get(name));
    }

    private static List<int[]> ids(String name, String part) {
        List<int[]> ids = new ArrayList<>();
        PROMPTS.get(GOLDEN.get(name).get("base").asText())
                .get("prompts")
                .forEach(row ->
                        ids.add(Arrays.stream(Reference.doubles(row.get("plain").get(part)))
                                .mapToInt(d -> (int) d)
                                .toArray()));
        return ids;
    }
}
