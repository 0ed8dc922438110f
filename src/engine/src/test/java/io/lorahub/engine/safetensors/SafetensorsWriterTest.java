package io.lorahub.engine.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {

    private static final Path REFERENCE = Checkout.path("src/engine/src/test/resources/reference");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adapters/plain-a/adapter_model.safetensors",
                "models/t5-v1.1-f16/model.safetensors",
                "models/t5-v1.1-bf16-sharded/model-00002-of-00003.safetensors"
            })
    void what_the_reference_implementation_wrote_is_written_byte_for_byte(String reference) {
        Path original = REFERENCE.resolve(reference);
        Path copy = folder.resolve("copy.safetensors");

        try (var file = SafetensorsFile.open(original)) {
            SafetensorsWriter.write(copy, tensorsOf(file), file.metadata());
        }

        assertThat(copy).hasSameBinaryContentAs(original);
    }

    @Test
    void larger_elements_come_first_and_then_names() throws IOException {
        Path path = folder.resolve("order.safetensors");
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            tensors.put("z" + dtype, new TensorData(dtype, new long[] {}, ByteBuffer.allocate(dtype.bytes())));
        }
        tensors.put("aF32", TensorData.of(new float[] {1}));

        SafetensorsWriter.write(path, tensors, Map.of());

        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.names())
                    .containsExactly(
                            "zU64",
                            "zI64",
                            "zF64",
                            "aF32",
                            "zF32",
                            "zU32",
                            "zI32",
                            "zBF16",
                            "zF16",
                            "zU16",
                            "zI16",
                            "zF8_E4M3",
                            "zF8_E5M2",
                            "zI8",
                            "zU8",
                            "zBOOL");
        }
        assertThat(ByteBuffer.wrap(Files.readAllBytes(path)).get(0) % 8).isZero();
    }

    @Test
    void metadata_and_names_keep_their_letters() {
        Path path = folder.resolve("letters.safetensors");
        Map<String, String> metadata = Map.of("über \"uns\"", "a\nb\u0000c \uD83D\uDE00");

        SafetensorsWriter.write(path, Map.of("schicht.ä\"\\", TensorData.of(new float[] {1})), metadata);

        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.metadata()).isEqualTo(metadata);
            assertThat(file.names()).containsExactly("schicht.ä\"\\");
        }
    }

    @Test
    void no_tensor_may_be_called_metadata() {
        Path path = folder.resolve("x.safetensors");
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() ->
                        SafetensorsWriter.write(path, Map.of("__metadata__", TensorData.of(new float[] {1})), Map.of()))
                .withMessage("The file %s cannot be written: a tensor cannot be named \"__metadata__\".", path);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_file_that_is_read_from_may_be_replaced() throws IOException {
        Path path = folder.resolve("same.safetensors");
        SafetensorsWriter.write(path, Map.of("a", TensorData.of(new float[] {1, 2}, 2)), Map.of());

        try (var file = SafetensorsFile.open(path)) {
            SafetensorsWriter.write(path, Map.of("b", file.tensor("a")), Map.of());
        }

        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.tensor("b").toFloats()).containsExactly(1, 2);
        }
    }

    @Test
    void nothing_half_written_stays() throws IOException {
        Path target = Files.createDirectories(folder.resolve("taken.safetensors"));

        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() ->
                        SafetensorsWriter.write(target, Map.of("a", TensorData.of(new float[] {1})), Map.of()))
                .withMessageStartingWith("The file %s cannot be written: ", target);

        assertThat(folder.toFile().list()).containsExactly("taken.safetensors");
    }

    @Test
    void a_file_that_cannot_be_replaced_stays_as_it_was() throws IOException {
        Path path = Files.write(folder.resolve("old.safetensors"), "old".getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() ->
                        SafetensorsWriter.write(path, Map.of("\uD800", TensorData.of(new float[] {1})), Map.of()));

        assertThat(folder.toFile().list()).containsExactly("old.safetensors");
        assertThat(path).hasContent("old");
    }

    @Test
    void a_missing_folder_is_said() {
        Path path = folder.resolve("nowhere/a.safetensors");
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() -> SafetensorsWriter.write(path, Map.of(), Map.of()))
                .withMessage("The file %s cannot be written: its folder does not exist.", path);
    }

    @Test
    void tensors_are_made_one_after_another_as_they_are_written() throws IOException {
        Map<String, PlannedTensor> planned = new LinkedHashMap<>();
        List<Long> sizes = new ArrayList<>();
        for (String name : List.of("b", "a", "c")) {
            planned.put(name, PlannedTensor.of(new TensorInfo(DType.F32, new long[] {2}), () -> {
                sizes.add(folder.toFile().listFiles()[0].length());
                return TensorData.of(new float[] {1, 2}, 2);
            }));
        }

        SafetensorsWriter.writePlanned(folder.resolve("one.safetensors"), planned, Map.of());

        assertThat(sizes).hasSize(3);
        assertThat(sizes.get(1)).isEqualTo(sizes.get(0) + 8);
        assertThat(sizes.get(2)).isEqualTo(sizes.get(0) + 16);
    }

    @Test
    void a_tensor_of_other_than_the_planned_size_leaves_no_file() {
        TensorInfo two = new TensorInfo(DType.F32, new long[] {2});
        PlannedTensor wrong = PlannedTensor.of(two, () -> TensorData.of(new float[] {1}, 1));

        assertThatIllegalStateException()
                .isThrownBy(() ->
                        SafetensorsWriter.writePlanned(folder.resolve("x.safetensors"), Map.of("a", wrong), Map.of()))
                .withMessageContaining("planned with 8 bytes");

        assertThat(folder).isEmptyDirectory();
    }

    private static Map<String, TensorData> tensorsOf(TensorSource source) {
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        source.names().forEach(name -> tensors.put(name, source.tensor(name)));
        return tensors;
    }
}
