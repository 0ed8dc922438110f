package io.lorahub.engine.learning.export;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.file.Files;
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
import org.junit.jupiter.params.provider.CsvSource;
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

    /** The keys of transformers 4 that say the same as rope_parameters, which only transformers 5 reads. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama-3-rope|rope_theta rope_scaling",
                "llama-yarn|rope_theta rope_scaling",
                "qwen3|rope_theta",
                "gemma3|rope_theta rope_scaling rope_local_base_freq",
                "gpt-neox|rotary_emb_base rotary_pct",
                "phi3|rope_theta partial_rotary_factor",
            })
    void a_full_model_of_a_configuration_of_transformers_5_is_read_by_transformers_4(String name, String keys)
            throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path base = folder.resolve("base");
        Files.createDirectory(base);
        Path from = Reference.path("causal/models/" + name);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) Files.copy(file, base.resolve(file.getFileName()));
        }
        ObjectNode tokenizer = (ObjectNode)
                mapper.readTree(from.resolve("tokenizer_config.json").toFile());
        tokenizer.put("tokenizer_class", "TokenizersBackend");
        tokenizer.putArray("extra_special_tokens").add("<extra>");
        mapper.writeValue(base.resolve("tokenizer_config.json").toFile(), tokenizer);
        ObjectNode before =
                (ObjectNode) mapper.readTree(from.resolve("config.json").toFile());
        ObjectNode config = before.deepCopy();
        config.set("rope_parameters", rotaryParameters(before));
        config.remove(List.of("rope_theta", "rope_scaling", "rope_local_base_freq", "rotary_emb_base", "rotary_pct"));
        config.remove("partial_rotary_factor");
        mapper.writeValue(base.resolve("config.json").toFile(), config);

        Path out = folder.resolve("out");
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.path("causal/adapters/" + name));
        try (LearningSession session = LearningSession.open(base, adapters, ComposedWeights.EXACT, Compute.cpu())) {
            MergeExport.write(session, WEIGHTS, List.of(), FUSED, report -> mapper.createObjectNode(), out);
        }
        JsonNode written = mapper.readTree(out.resolve("fused/config.json").toFile());
        for (String key : keys.split(" ")) {
            assertThat(written.get(key)).as(key).isEqualTo(before.get(key));
        }
        assertThat(written.get("rope_parameters")).isEqualTo(config.get("rope_parameters"));
        assertThat(written.has("rope_scaling")).isEqualTo(keys.contains("rope_scaling"));
        JsonNode copied =
                mapper.readTree(out.resolve("fused/tokenizer_config.json").toFile());
        assertThat(copied.get("tokenizer_class").asText()).isEqualTo("PreTrainedTokenizerFast");
        assertThat(copied.has("extra_special_tokens")).isFalse();
        assertThat(copied.get("additional_special_tokens")).hasToString("[\"<extra>\"]");
    }

    private static ObjectNode rotaryParameters(ObjectNode config) {
        ObjectNode all = config.path("rope_scaling").isObject()
                ? config.get("rope_scaling").deepCopy()
                : new ObjectMapper().createObjectNode().put("rope_type", "default");
        all.set("rope_theta", config.has("rotary_emb_base") ? config.get("rotary_emb_base") : config.get("rope_theta"));
        if (config.has("partial_rotary_factor")) {
            all.set("partial_rotary_factor", config.get("partial_rotary_factor"));
        }
        if (!config.has("rope_local_base_freq")) return all;
        ObjectNode byLayer = new ObjectMapper().createObjectNode();
        byLayer.set("full_attention", all);
        byLayer.putObject("sliding_attention")
                .put("rope_type", "default")
                .set("rope_theta", config.get("rope_local_base_freq"));
        return byLayer;
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
