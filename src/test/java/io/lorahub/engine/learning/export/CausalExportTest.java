package io.lorahub.engine.learning.export;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mixes on decoder-only models written as an adapter and as a full model, compared with PEFT's merge. */
class CausalExportTest {

    private static final JsonNode GOLDEN = Reference.json("causal.json").get("models");
    private static final double[] WEIGHTS = {0.7, -0.4, 1.1};
    private static final ExportOptions FUSED =
            new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), true, false);

    @TempDir
    private Path folder;

    static Stream<String> models() {
        Iterable<String> names = GOLDEN::fieldNames;
        return StreamSupport.stream(names.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("models")
    void the_adapter_and_the_full_model_do_what_the_merge_of_PEFT_does(String name) throws IOException {
        Path base = Reference.path("causal/models/" + name);
        Path out = folder.resolve("out");
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.path("causal/adapters/" + name));
        try (LearningSession session = LearningSession.open(base, adapters, ComposedWeights.EXACT, Compute.cpu())) {
            MergeExport.write(session, WEIGHTS, List.of(), FUSED, report -> new ObjectMapper().createObjectNode(), out);
        }
        JsonNode expected =
                GOLDEN.get(name).get("merges").get("cat").get("chat").get("token_losses");
        List<Double> golden = new ArrayList<>();
        expected.forEach(losses -> losses.forEach(loss -> golden.add(loss.asDouble())));
        assertClose(losses(base, List.of(LoraAdapter.load(out)), name, 1), golden, 1e-4);
        // the weights keep their type, which in bfloat16 rounds the mix
        boolean rounds = List.of("llama-tied", "qwen2").contains(name);
        assertClose(losses(out.resolve("fused"), List.of(), name), golden, rounds ? 0.2 : 1e-4);
        JsonNode config =
                new ObjectMapper().readTree(out.resolve("adapter_config.json").toFile());
        assertThat(config.get("task_type").asText()).isEqualTo("CAUSAL_LM");
        assertThat(config.get("fan_in_fan_out").asBoolean()).isEqualTo(name.equals("gpt2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama-3-rope", "gemma"})
    void a_changed_output_layer_is_written_apart_from_the_embedding(String name) {
        Path base = Reference.path("causal/models/" + name);
        Path out = folder.resolve("out");
        LoraAdapter adapter = LoraAdapter.load(
                anAdapter().adapting("lm_head").ofShape(384, 48).in(folder, "output"));
        try (LearningSession session =
                LearningSession.open(base, List.of(adapter), ComposedWeights.EXACT, Compute.cpu())) {
            MergeExport.write(
                    session,
                    new double[] {0.5},
                    List.of(),
                    FUSED,
                    report -> new ObjectMapper().createObjectNode(),
                    out);
        }
        List<LoraAdapter> written = List.of(LoraAdapter.load(out));
        List<Double> mixed = losses(base, written, name, 1);
        assertThat(mixed).isNotEqualTo(losses(base, List.of(LoraAdapter.load(out)), name, 0));
        assertClose(losses(out.resolve("fused"), List.of(), name), mixed, 1e-4);
    }

    private static List<Double> losses(Path base, List<LoraAdapter> adapters, String name, double... weights) {
        List<int[]> prompts = new ArrayList<>();
        List<int[]> outputs = new ArrayList<>();
        for (JsonNode row : GOLDEN.get(name).get("prompts")) {
            prompts.add(ids(row.get("chat").get("prompt")));
            outputs.add(ids(row.get("chat").get("output")));
        }
        try (BaseModel opened = BaseModel.open(base);
                LanguageModel model = LanguageModel.load(opened, Compute.cpu());
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT);
                Examples examples = model.examples(prompts, outputs)) {
            float[] losses = model.tokenLosses(bank, examples, List.of(weights)).get(0);
            List<List<Double>> byExample = outputs.stream()
                    .map(o -> (List<Double>) new ArrayList<Double>())
                    .toList();
            for (int t = 0; t < losses.length; t++) {
                byExample.get(examples.exampleOfToken()[t]).add((double) losses[t]);
            }
            return byExample.stream().flatMap(List::stream).toList();
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    private static void assertClose(List<Double> actual, List<Double> expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i))
                    .isCloseTo(expected.get(i), within(tolerance * Math.max(1, Math.abs(expected.get(i)))));
        }
    }

    private static int[] ids(JsonNode array) {
        return Arrays.stream(Reference.doubles(array)).mapToInt(d -> (int) d).toArray();
    }
}
