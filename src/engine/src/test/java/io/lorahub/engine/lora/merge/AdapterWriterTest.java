package io.lorahub.engine.lora.merge;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.randomTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.testsupport.Deltas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterWriterTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String K = "encoder.block.0.layer.0.SelfAttention.k";

    @TempDir
    Path dir;

    @Test
    void a_written_adapter_reads_back_with_the_same_change() {
        LoraAdapter x = anAdapter().ofRank(3).withAlpha(5).adapting(Q).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().ofRank(2).seeded(9).adapting(Q, K).loadedFrom(dir, "y");
        SortedMap<String, LoraModule> merged = ExactMerge.of(
                        List.of(new WeightedAdapter(x, -0.7), new WeightedAdapter(y, 1.2)))
                .all();

        try (LoraAdapter read = writtenAndRead(merged)) {
            assertThat(read.findings()).isEmpty();
            assertThat(read.config().scaling().rank()).isEqualTo(5);
            assertThat(read.config().baseModel()).hasValue("tiny-t5");
            assertThat(read.modules().keySet()).containsExactly(K, Q);
            read.modules().forEach((name, module) -> {
                assertThat(module.scale()).isEqualTo(1);
                assertThat(Deltas.relativeDifference(Deltas.of(module), Deltas.of(merged.get(name))))
                        .isLessThan(1e-6);
            });
        }
    }

    @Test
    void a_scale_goes_into_the_factors() {
        Random random = new Random(4);
        SortedMap<String, LoraModule> modules = new TreeMap<>(Map.of(
                Q,
                new LoraModule(
                        Q,
                        randomTensor(random, 2, 6),
                        randomTensor(random, 4, 2),
                        -0.3,
                        Optional.of(randomTensor(random, 4)),
                        false)));
        try (LoraAdapter read = writtenAndRead(modules)) {
            LoraModule module = read.modules().get(Q);
            assertThat(Deltas.relativeDifference(Deltas.of(module), Deltas.of(modules.get(Q))))
                    .isLessThan(1e-6);
            assertThat(module.bias().orElseThrow().toFloats()[0]).isEqualTo((float)
                    (-0.3 * modules.get(Q).bias().orElseThrow().toFloats()[0]));
        }
    }

    @Test
    void every_module_gets_a_bias_as_soon_as_one_has_it() {
        LoraAdapter x = anAdapter().withBiases().adapting(Q).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().adapting(K).loadedFrom(dir, "y");
        try (LoraAdapter read =
                writtenAndRead(ExactMerge.of(List.of(new WeightedAdapter(x, 1), new WeightedAdapter(y, 1)))
                        .all())) {
            assertThat(read.config().loraBias()).isTrue();
            assertThat(read.modules().get(K).bias().orElseThrow().toFloats()).containsOnly(0f);
        }
    }

    @Test
    void a_bias_beside_an_embedding_is_refused_for_peft_has_no_word_for_it() {
        Random random = new Random(4);
        SortedMap<String, LoraModule> modules = new TreeMap<>(Map.of(
                Q,
                new LoraModule(
                        Q,
                        randomTensor(random, 2, 6),
                        randomTensor(random, 4, 2),
                        1,
                        Optional.of(randomTensor(random, 4)),
                        false),
                "table",
                new LoraModule(
                        "table", randomTensor(random, 2, 6), randomTensor(random, 4, 2), 1, Optional.empty(), true)));
        assertThatThrownBy(() -> AdapterWriter.write(dir.resolve("out"), "tiny-t5", modules, Map.of()))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("lora_bias", "embedding");
        assertThat(dir.resolve("out")).doesNotExist();
    }

    @Test
    void an_embedding_is_read_again_as_one() {
        Random random = new Random(4);
        SortedMap<String, LoraModule> modules = new TreeMap<>(Map.of(
                "table",
                new LoraModule(
                        "table", randomTensor(random, 2, 6), randomTensor(random, 4, 2), 0.5, Optional.empty(), true)));
        try (LoraAdapter read = writtenAndRead(modules)) {
            LoraModule table = read.modules().get("table");
            assertThat(table.embedding()).isTrue();
            assertThat(Deltas.relativeDifference(Deltas.of(table), Deltas.of(modules.get("table"))))
                    .isLessThan(1e-6);
        }
    }

    @Test
    void the_configuration_says_what_older_programs_understand() throws IOException {
        LoraAdapter x = anAdapter().ofRank(3).adapting(Q, K).loadedFrom(dir, "x");
        AdapterWriter.write(
                dir.resolve("out"),
                "tiny-t5",
                LoraModules.of(x.modules()),
                Map.of("recipe", "r1"),
                new AdapterWriter.Options(
                        false, List.of(Q, K, "encoder.block.0.layer.0.SelfAttention.v"), Map.of("recipe.json", "{}")));
        JsonNode config = new ObjectMapper()
                .readTree(dir.resolve("out/adapter_config.json").toFile());
        assertThat(config.get("lora_alpha")).isEqualTo(config.get("r"));
        assertThat(config.get("r").intValue()).isEqualTo(3);
        assertThat(config.get("task_type").textValue()).isEqualTo("SEQ_2_SEQ_LM");
        assertThat(config.get("use_rslora").booleanValue()).isFalse();
        assertThat(config.get("rank_pattern")).isEmpty();
        assertThat(config.has("lora_bias")).isFalse();
        assertThat(config.get("target_modules")).extracting(JsonNode::textValue).containsExactly("k", "q");
        assertThat(dir.resolve("out/recipe.json")).hasContent("{}");
        try (SafetensorsFile file = SafetensorsFile.open(dir.resolve("out/adapter_model.safetensors"))) {
            assertThat(file.metadata()).containsEntry("format", "pt").containsEntry("recipe", "r1");
        }
    }

    @Test
    void nothing_to_write_is_said() {
        assertThatThrownBy(() -> AdapterWriter.write(dir.resolve("out"), "tiny-t5", new TreeMap<>(), Map.of()))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("nothing to write");
        assertThat(dir.resolve("out")).doesNotExist();
    }

    @Test
    void a_folder_in_use_is_replaced_only_when_asked() throws IOException {
        LoraAdapter x = anAdapter().adapting(Q).loadedFrom(dir, "x");
        Path out = Files.createDirectory(dir.resolve("out"));
        Files.writeString(out.resolve("mine"), "");
        assertThatThrownBy(() -> AdapterWriter.write(out, "tiny-t5", x.modules(), Map.of()))
                .isInstanceOf(EngineException.class);
        assertThat(out.resolve("mine")).exists();
        AdapterWriter.write(
                out,
                "tiny-t5",
                LoraModules.of(x.modules()),
                Map.of(),
                new AdapterWriter.Options(true, List.of(), Map.of()));
        assertThat(out.resolve("mine")).doesNotExist();
        assertThat(out.resolve("adapter_config.json")).exists();
    }

    private LoraAdapter writtenAndRead(SortedMap<String, LoraModule> modules) {
        AdapterWriter.write(dir.resolve("out"), "tiny-t5", modules, Map.of());
        return LoraAdapter.load(dir.resolve("out"));
    }
}
