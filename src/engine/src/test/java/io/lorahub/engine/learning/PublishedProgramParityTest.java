package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.Reference;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the published program (PyPI lorahub 0.1.0) and PEFT compute on the demo hub. */
class PublishedProgramParityTest {

    private static final JsonNode GOLDEN = Reference.json("lorahub.json");
    private static LearningSession exact;
    private static LearningSession factor;

    @BeforeAll
    static void load() {
        exact = open(ComposedWeights.EXACT);
        factor = open(ComposedWeights.FACTOR);
    }

    private static LearningSession open(ComposedWeights composition) {
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.demoHub("adapters"));
        return LearningSession.open(Reference.demoHub("base"), adapters, composition, Compute.cpu());
    }

    @AfterAll
    static void close() {
        exact.close();
        factor.close();
    }

    static Stream<String> tasks() {
        Iterable<String> names = () -> GOLDEN.get("tasks").fieldNames();
        return java.util.stream.StreamSupport.stream(names.spliterator(), false);
    }

    @Test
    void texts_have_the_same_token_ids_and_decode_to_the_same_texts() {
        try (Tokenizer tokenizer = Tokenizer.open(Reference.demoHub("base"))) {
            for (JsonNode row : GOLDEN.get("tokens")) {
                int[] ids = tokenizer.encode(row.get("text").asText());
                assertThat(ids)
                        .isEqualTo(java.util.Arrays.stream(Reference.doubles(row.get("ids")))
                                .mapToInt(d -> (int) d)
                                .toArray());
                assertThat(tokenizer.decode(ids)).isEqualTo(row.get("decoded").asText());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void the_exact_composition_gives_PEFTs_losses_predictions_and_exact_match(String task) {
        ExampleSet fewShot = exact.encode(examples(task, "few-shot-1"));
        List<Example> heldOut = examples(task, "held-out");
        try (Scorer scorer = exact.scorer(fewShot)) {
            for (JsonNode row : GOLDEN.get("tasks").get(task).get("exact")) {
                double[] weights = weights(row.get("weights"));
                double[] losses = scorer.outcomes(weights, false).stream()
                        .mapToDouble(LearningOutcome::loss)
                        .toArray();
                for (int i = 0; i < losses.length; i++) {
                    close(losses[i], row.get("example_losses").get(i).asDouble());
                }
                List<String> predictions = exact.generation()
                        .predict(heldOut.stream().map(Example::input).toList(), weights, 24);
                assertThat(predictions.subList(0, 20)).isEqualTo(Reference.texts(row.get("predictions")));
                assertThat(Accuracy.of(predictions, heldOut).exactMatch())
                        .isEqualTo(row.get("exact_match").asDouble());
            }
        }
    }

    /**
     * The published program keeps the tensors of the last adapter that it loaded without copying them out of the model,
     * so each evaluation overwrites them with the composition that it has just made. The last candidate thus represents
     * the previous composition: with w the weights and e the weights in terms of the adapters as stored in their files,
     * e(t) = w without its last entry + w(last) · e(t-1), where e(0) is the last adapter alone.
     */
    @ParameterizedTest
    @MethodSource("tasks")
    void the_factor_composition_gives_the_published_objectives(String task) {
        ExampleSet fewShot = factor.encode(examples(task, "few-shot-1"));
        int last = factor.candidates().size() - 1;
        double[] effective = new double[last + 1];
        effective[last] = 1;
        try (Scorer scorer = factor.scorer(fewShot)) {
            for (JsonNode row : GOLDEN.get("tasks").get(task).get("objectives")) {
                double[] weights = Reference.doubles(row.get("weights"));
                for (Map.Entry<String, Integer> batch :
                        List.of(Map.entry("all", 0), Map.entry("1", 1), Map.entry("2", 2))) {
                    for (int i = 0; i <= last; i++) {
                        effective[i] = (i < last ? weights[i] : 0) + weights[last] * effective[i];
                    }
                    double loss =
                            Objectives.named("reference", batch.getValue()).value(scorer.outcomes(effective, false));
                    double objective = loss + Regularization.l1(0.05).value(weights);
                    close(
                            objective,
                            row.get("objective_batch_" + batch.getKey()).asDouble());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void the_published_runs_have_the_accuracy_that_their_predictions_give(String task) {
        List<Example> firstTwenty = examples(task, "held-out").subList(0, 20);
        for (JsonNode run : GOLDEN.get("tasks").get(task).get("runs")) {
            Accuracy accuracy = Accuracy.of(Reference.texts(run.get("predictions")), firstTwenty);
            // the run counts all 100; 20 are kept
            assertThat(accuracy.exactMatch() / 5)
                    .isLessThanOrEqualTo(run.get("exact_match").asDouble());
            assertThat(accuracy.accuracy() / 5)
                    .isLessThanOrEqualTo(run.get("accuracy").asDouble());
        }
    }

    private static List<Example> examples(String task, String file) {
        return Reference.lines("tasks/" + task + "/" + file + ".jsonl").stream()
                .map(n -> new Example(n.get("input").asText(), n.get("output").asText()))
                .toList();
    }

    private static double[] weights(JsonNode byName) {
        return exact.candidates().stream()
                .mapToDouble(name -> byName.path(name).asDouble(0))
                .toArray();
    }

    private static void close(double actual, double expected) {
        assertThat(actual).isCloseTo(expected, Offset.offset(1e-4 * Math.max(1, Math.abs(expected))));
    }
}
