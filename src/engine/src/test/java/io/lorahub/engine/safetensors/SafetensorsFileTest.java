package io.lorahub.engine.safetensors;

import static io.lorahub.engine.safetensors.SafetensorsBytes.entry;
import static io.lorahub.engine.safetensors.SafetensorsBytes.withHeader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {

    private static final Path REFERENCE = Checkout.path("src/engine/src/test/resources/reference");

    @TempDir
    Path folder;

    @Test
    void tensors_of_the_reference_implementation() {
        try (var file = SafetensorsFile.open(REFERENCE.resolve("adapters/plain-a/adapter_model.safetensors"))) {
            String name = "base_model.model.encoder.block.0.layer.0.SelfAttention.q.lora_A.weight";
            assertThat(file.names()).hasSize(24).contains(name);
            assertThat(file.metadata()).containsEntry("format", "pt");
            assertThat(file.info(name).dtype()).isEqualTo(DType.F32);
            assertThat(file.info(name).shape()).containsExactly(4, 32);
            assertThat(file.tensor(name).toFloats()).hasSize(128).doesNotContain(Float.NaN);
        }
    }

    @Test
    void names_come_in_the_order_of_the_data() throws IOException {
        Path path = withHeader("{" + entry("b", "U8", "[2]", "[4,6]") + "," + entry("a", "I32", "[1]", "[0,4]") + "}")
                .data(6)
                .in(folder);

        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.names()).containsExactly("a", "b");
            assertThat(file.tensor("b").data()).isEqualTo(ByteBuffer.wrap(new byte[] {4, 5}));
            assertThat(file.tensor("a").data().getInt()).isEqualTo(0x03020100);
        }
    }

    @Test
    void scalars_and_empty_tensors_are_tensors() throws IOException {
        String header = "{" + entry("none", "F32", "[0,7]", "[0,0]") + "," + entry("one", "F16", "[]", "[0,2]") + "}";

        try (var file = SafetensorsFile.open(withHeader(header).data(2).in(folder))) {
            assertThat(file.tensor("none").toFloats()).isEmpty();
            assertThat(file.tensor("one").elements()).isEqualTo(1);
            assertThat(file.tensor("one").shape()).isEmpty();
        }
    }

    @Test
    void a_file_without_tensors_is_one() throws IOException {
        try (var file = SafetensorsFile.open(withHeader("{}").in(folder))) {
            assertThat(file.names()).isEmpty();
            assertThat(file.metadata()).isEmpty();
        }
    }

    @Test
    void tensors_are_views_of_the_mapped_file() throws IOException {
        Path path =
                withHeader("{" + entry("a", "U8", "[4]", "[0,4]") + "}").data(4).in(folder);

        try (var file = SafetensorsFile.open(path)) {
            ByteBuffer data = file.tensor("a").data();
            assertThat(data.isDirect()).isTrue();
            assertThat(data.isReadOnly()).isTrue();
            try (var writer = new RandomAccessFile(path.toFile(), "rw")) {
                writer.seek(writer.length() - 1);
                writer.write(99);
            }
            assertThat(data.get(3)).isEqualTo((byte) 99);
        }
    }

    @Test
    void a_tensor_at_an_odd_place_is_copied_to_an_even_one() throws IOException {
        String header = "{" + entry("a", "U8", "[1]", "[0,1]") + "," + entry("b", "F64", "[1]", "[1,9]") + "}";

        try (var file = SafetensorsFile.open(withHeader(header).data(9).in(folder))) {
            ByteBuffer data = file.tensor("b").data();
            assertThat(data.alignmentOffset(0, 8)).isZero();
            assertThat(data.isReadOnly()).isTrue();
            assertThat(data.getLong()).isEqualTo(0x0807060504030201L);
        }
    }

    @Test
    void a_file_that_shrinks_while_open_is_noticed() throws IOException {
        Path path =
                withHeader("{" + entry("a", "U8", "[4]", "[0,4]") + "}").data(4).in(folder);

        try (var file = SafetensorsFile.open(path);
                var writer = new RandomAccessFile(path.toFile(), "rw")) {
            writer.setLength(writer.length() - 1);
            assertThatExceptionOfType(SafetensorsException.class)
                    .isThrownBy(() -> file.tensor("a"))
                    .withMessage("The file %s cannot be read: it was shortened while in use.", path);
        }
    }

    @Test
    void a_tensor_of_more_than_2_GiB_is_refused_and_its_neighbours_are_not() throws IOException {
        long large = 2_200_000_000L;
        String header = "{" + entry("a", "U8", "[2200000000]", "[0,2200000000]") + ","
                + entry("b", "U8", "[1]", "[2200000000,2200000001]") + "}";
        Path path = withHeader(header).in(folder);
        long begin = Files.size(path);
        try (var writer = new RandomAccessFile(path.toFile(), "rw")) {
            writer.seek(begin + large);
            writer.write(7);
        }

        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.tensor("b").data().get()).isEqualTo((byte) 7);
            assertThatExceptionOfType(SafetensorsException.class)
                    .isThrownBy(() -> file.tensor("a"))
                    .withMessageContaining("the tensor \"a\" has 2200000000 bytes; at most 2 GiB");
        }
    }

    @Test
    void unknown_names_are_named() throws IOException {
        try (var file = SafetensorsFile.open(withHeader("{}").in(folder))) {
            assertThatExceptionOfType(SafetensorsException.class)
                    .isThrownBy(() -> file.info("x"))
                    .withMessageEndingWith("some.safetensors cannot be used: it has no tensor \"x\".");
        }
    }

    @Test
    void a_closed_file_gives_no_more_tensors_but_those_given_stay() throws IOException {
        Path path =
                withHeader("{" + entry("a", "U8", "[4]", "[0,4]") + "}").data(4).in(folder);
        var file = SafetensorsFile.open(path);
        TensorData given = file.tensor("a");

        file.close();

        assertThat(given.data().get(3)).isEqualTo((byte) 3);
        assertThatExceptionOfType(SafetensorsException.class).isThrownBy(() -> file.tensor("a"));
    }

    @Test
    void missing_files_and_folders_are_said() {
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() -> SafetensorsFile.open(folder.resolve("x.safetensors")))
                .withMessage("The file %s cannot be read: there is no such file.", folder.resolve("x.safetensors"));
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() -> SafetensorsFile.open(folder))
                .withMessage("The file %s cannot be read: it is not a regular file.", folder);
    }
}
