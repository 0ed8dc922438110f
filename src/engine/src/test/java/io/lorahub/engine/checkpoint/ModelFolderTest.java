package io.lorahub.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.hostile.FileFuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {

    private static final Path MODELS = Checkout.path("src/engine/src/test/resources/reference/models");

    @TempDir
    Path folder;

    @Test
    void one_file() {
        try (var weights = ModelFolder.open(MODELS.resolve("t5-v1.1-f16"))) {
            assertThat(weights.names()).contains("shared.weight", "lm_head.weight");
            assertThat(weights.info("shared.weight").dtype()).isEqualTo(DType.F16);
            assertThat(weights.tensor("shared.weight").toFloats()).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY);
        }
    }

    @Test
    void three_shards() {
        try (var weights = ModelFolder.open(MODELS.resolve("t5-v1.1-bf16-sharded"))) {
            long elements = weights.names().stream()
                    .mapToLong(name -> weights.info(name).elements())
                    .sum();
            assertThat(elements).as("total_parameters of the index").isEqualTo(55744);
            String last = "encoder.final_layer_norm.weight";
            assertThat(weights.tensor(last).dtype()).isEqualTo(DType.BF16);
            assertThat(weights.tensor(last).toFloats()).hasSize(32);
        }
    }

    @Test
    void a_checkpoint_of_PyTorch() throws IOException {
        torch("w").write(folder.resolve("pytorch_model.bin"));

        try (var weights = ModelFolder.open(folder)) {
            assertThat(weights.tensor("w").toFloats()).containsExactly(1, 2);
        }
    }

    @Test
    void shards_of_PyTorch() throws IOException {
        torch("a").write(folder.resolve("pytorch_model-1.bin"));
        torch("b").write(folder.resolve("pytorch_model-2.bin"));
        index("pytorch_model.bin.index.json", "{'a': 'pytorch_model-1.bin', 'b': 'pytorch_model-2.bin'}");

        try (var weights = ModelFolder.open(folder)) {
            assertThat(weights.names()).containsExactly("a", "b");
        }
    }

    @Test
    void safetensors_are_preferred() throws IOException {
        safetensors("model.safetensors", "new");
        torch("old").write(folder.resolve("pytorch_model.bin"));

        try (var weights = ModelFolder.open(folder)) {
            assertThat(weights.names()).containsExactly("new");
        }
    }

    @Test
    void a_missing_shard() throws IOException {
        safetensors("one.safetensors", "a");
        index("model.safetensors.index.json", "{'a': 'one.safetensors', 'b': 'two.safetensors'}");
        assertRefused(
                "model.safetensors.index.json cannot be used: its shard two.safetensors is missing; add the file, or copy the model again.");
    }

    @Test
    void a_missing_tensor() throws IOException {
        safetensors("one.safetensors", "a");
        index("model.safetensors.index.json", "{'a': 'one.safetensors', 'b': 'one.safetensors'}");
        assertRefused("the tensor \"b\" should be in the shard one.safetensors but isn't.");
    }

    @Test
    void a_tensor_in_the_wrong_shard() throws IOException {
        safetensors("one.safetensors", "a");
        safetensors("two.safetensors", "b");
        index(
                "model.safetensors.index.json",
                "{'a': 'one.safetensors', 'b': 'one.safetensors', 'c': 'two.safetensors'}");
        assertRefused("the tensor \"b\" should be in the shard one.safetensors but isn't.");
    }

    @Test
    void a_tensor_in_two_shards() throws IOException {
        safetensors("one.safetensors", "a");
        safetensors("two.safetensors", "a");
        index("model.safetensors.index.json", "{'a': 'one.safetensors', 'b': 'two.safetensors'}");
        assertRefused("the tensor \"a\" is in two shards, one.safetensors and two.safetensors.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../one.safetensors",
                "/etc/one.safetensors",
                "sub/one.safetensors",
                "..\\\\one.safetensors",
                ".safetensors",
                "one.safetensors/..",
                "one.txt",
                ""
            })
    void a_shard_must_lie_beside_the_index(String shard) throws IOException {
        index("model.safetensors.index.json", "{'a': '%s'}".formatted(shard));
        assertRefused("a shard must be a .safetensors or .bin file beside the index.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                             | it has no weight_map.",
                "{'weight_map': []}             | it has no weight_map.",
                "{'weight_map': {}}             | it has no weight_map.",
                "{'weight_map': {'a': 1}}       | puts the tensor \"a\" into \"NUMBER\"",
                "{'weight_map': {'a': 'b', 'a': 'b'}} | it is not valid JSON (line 1, column 30: Duplicate",
                "{'weight_map': {}} x           | it is not valid JSON",
                "{                              | it is not valid JSON",
                "x                              | it is not valid JSON",
            })
    void an_index_that_is_none(String json, String reason) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
        assertRefused(reason);
    }

    @Test
    void an_index_nested_deeply() throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), "[".repeat(100_000));
        assertRefused("nesting depth");
    }

    @Test
    void thousands_of_damaged_indexes() throws IOException {
        safetensors("one.safetensors", "a");
        safetensors("two.safetensors", "b");
        byte[] index =
                "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}"
                        .getBytes(StandardCharsets.UTF_8);
        new FileFuzz(
                        folder.resolve("fuzz.index.json"),
                        path -> ShardedWeights.open(path).close(),
                        CheckpointException.class)
                .run(1000, index, index.length)
                .assertBothHappened();
    }

    @Test
    void folders_without_a_model() throws IOException {
        assertRefused("it has no weights (none of model.safetensors, model.safetensors.index.json, ");
        Files.createFile(folder.resolve("flax_model.msgpack"));
        assertRefused("its weights exist only as flax_model.msgpack; save the model as safetensors.");
        Files.createFile(folder.resolve("adapter_config.json"));
        assertRefused("it is an adapter; a base model is needed here.");
    }

    @Test
    void paths_that_are_not_a_folder() throws IOException {
        Path missing = folder.resolve("nowhere");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> ModelFolder.open(missing))
                .withMessage("%s cannot be used: there is no such folder.", missing);
        Path file = Files.createFile(folder.resolve("model.safetensors"));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> ModelFolder.open(file))
                .withMessageContaining("it is a file; a model is a folder");
    }

    private static Zips torch(String name) {
        return Zips.torch(PickleBytes.stateDict(name)
                        .tensor("FloatStorage", "0", 2)
                        .end())
                .floats("0", 1, 2);
    }

    private void safetensors(String file, String tensor) {
        SafetensorsWriter.write(folder.resolve(file), Map.of(tensor, TensorData.of(new float[] {1}, 1)), Map.of());
    }

    private void index(String file, String weightMap) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "{\"weight_map\": %s}".formatted(weightMap).replace('\'', '"'));
    }

    private void assertRefused(String reason) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ModelFolder.open(folder))
                .isExactlyInstanceOf(CheckpointException.class)
                .withMessageContaining(reason)
                .withMessageEndingWith(".");
    }
}
