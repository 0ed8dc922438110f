package io.lorahub.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.hostile.FileFuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileCheckpointTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "6, 0, 2:4, 4:1, reaches beyond its storage",
        "6, 1, 2:3, 3:1, reaches beyond its storage",
        "6, 7, 0, 1, reaches beyond its storage",
        "6, -1, 2, 1, reaches beyond its storage",
        "6, 0, 2:2, 5:1, reaches beyond its storage",
        "6, 9223372036854775807, 1, 1, more elements than can be counted",
        "6, 0, 4294967296:4294967296, 1:1, more elements than can be counted",
        "6, 0, 4, 4611686018427387904, more elements than can be counted",
        "6, 0, -1, 1, not whole numbers from 0 on",
        "6, 0, 2, -1, not whole numbers from 0 on",
        "6, 0, 2:2, 1, a tensor whose strides don't match its shape",
        "6, 0, 1000000:1000000, 0:0, an expanded tensor",
        "7, 0, 7, 1, 'its storage \"0\" should have 7 elements of F32, and its file has 24 bytes'",
        "9223372036854775807, 0, 1, 1, should have 9223372036854775807 elements",
        "-1, 0, 0, 1, something that isn't a torch.save storage",
    })
    void tensors_that_lie(long elements, long offset, String shape, String strides, String reason) throws IOException {
        byte[] pickle = PickleBytes.stateDict("w")
                .tensor("FloatStorage", "0", elements, offset, numbers(shape), numbers(strides))
                .end();
        assertRefused(Zips.torch(pickle).floats("0", 1, 2, 3, 4, 5, 6), reason);
    }

    private static long[] numbers(String withColons) {
        return Arrays.stream(withColons.split(":")).mapToLong(Long::parseLong).toArray();
    }

    @Test
    void a_storage_that_is_not_there() throws IOException {
        byte[] pickle =
                PickleBytes.stateDict("w").tensor("FloatStorage", "../0", 1).end();
        assertRefused(Zips.torch(pickle), "its storage \"../0\" is missing");
    }

    @Test
    void files_that_are_not_a_flat_state_dict() throws IOException {
        PickleBytes nested =
                PickleBytes.stateDict("model").raw('}', '(').text("w").tensor("FloatStorage", "0", 1);
        assertRefused(
                Zips.torch(nested.raw('u').end()).floats("0", 1),
                "its entry \"model\" is a dictionary, not a tensor; save only the state dict");
        assertRefused(
                Zips.torch(PickleBytes.stateDict("epoch").number(3).end()),
                "its entry \"epoch\" is a number, not a tensor");
        assertRefused(Zips.torch(PickleBytes.protocol2().raw("N.").bytes()), "it is None instead of a dictionary");
        assertRefused(
                Zips.torch(PickleBytes.protocol2().raw('}').number(1).raw("Ns.").bytes()),
                "it has a dictionary with the key a number");
    }

    @Test
    void a_name_that_comes_twice() throws IOException {
        assertRefused(
                Zips.torch(
                        PickleBytes.stateDict("w").raw('N').text("w").raw('N').end()),
                "it names \"w\" twice");
    }

    @Test
    void other_kinds_of_archive() throws IOException {
        byte[] empty = PickleBytes.protocol2().raw("}.").bytes();
        assertRefused(Zips.torch(empty).stored("archive/constants.pkl", "x"), "it is a TorchScript program");
        assertRefused(Zips.torch(empty).stored("archive/code/__torch__.py", "x"), "it is a TorchScript program");
        assertRefused(
                new Zips().stored("a/data.pkl", empty).stored("a/byteorder", "big"),
                "it was written on a big-endian machine");
        assertRefused(Zips.torch(empty).stored("other/data.pkl", empty), "it is a zip with 2 data.pkl files");
        assertRefused(new Zips().stored("readme.txt", "x"), "it is a zip with 0 data.pkl files");
    }

    @ParameterizedTest
    @CsvSource({
        "\u0080\u0002\u008a, the format that PyTorch used before version 1.6",
        "version https://git-lfs.github.com/spec/v1, a Git LFS pointer",
        "<!DOCTYPE html>, it is a web page",
        "12345678{, it is a safetensors file",
        "something, it is not a PyTorch checkpoint"
    })
    void other_files(String content, String reason) throws IOException {
        Path path = Files.writeString(folder.resolve("some.bin"), content, StandardCharsets.ISO_8859_1);
        assertRefused(path, reason);
    }

    @Test
    void a_zip_bomb() throws IOException {
        byte[] pickle =
                PickleBytes.stateDict("w").tensor("ByteStorage", "0", 100).end();
        assertRefused(
                Zips.torch(pickle).deflated("archive/data/0", new byte[50 << 20]),
                "it would unpack to far more than its own size");
    }

    @Test
    void a_pickle_that_is_too_long() throws IOException {
        byte[] pickle = new byte[(16 << 20) + 1];
        assertRefused(
                Zips.torch(pickle), "its file \"archive/data.pkl\" has 16777217 bytes; at most 16777216 are allowed");
    }

    @Test
    void a_deflated_storage_that_claims_to_be_longer() throws IOException {
        byte[] pickle =
                PickleBytes.stateDict("w").tensor("ByteStorage", "0", 100).end();
        byte[] zip = new Zips()
                .stored("archive/data.pkl", pickle)
                .deflated("archive/data/0", new byte[99])
                .bytes();
        // The length is in the last entry of the table of contents, before its name and the 22 bytes at the end.
        int uncompressedSize = zip.length - 22 - "archive/data/0".length() - 46 + 24;
        assertThat(zip[uncompressedSize]).isEqualTo((byte) 99);
        zip[uncompressedSize] = 100;
        Path path = Files.write(folder.resolve("some.bin"), zip);

        try (var checkpoint = TorchCheckpoint.open(path)) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> checkpoint.tensor("w"))
                    .withMessage("%s cannot be used: its file \"archive/data/0\" is damaged.", path);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 8})
    void flags_and_methods_that_are_not_known(int offsetInEntry) throws IOException {
        byte[] zip = Zips.torch(PickleBytes.protocol2().raw("}.").bytes()).bytes();
        String content = new String(zip, StandardCharsets.ISO_8859_1);
        int entry = content.indexOf("PK\1\2");
        zip[entry + offsetInEntry + 2] = offsetInEntry == 6 ? (byte) (zip[entry + 8] | 1) : 12;
        assertRefused(
                Files.write(folder.resolve("some.bin"), zip),
                offsetInEntry == 6 ? "is encrypted" : "uses a compression method other than deflate");
    }

    @Test
    void a_checkpoint_cut_off_anywhere() throws IOException {
        byte[] whole = small();
        for (int length = 0; length < whole.length; length++) {
            Path path = Files.write(folder.resolve(length + ".bin"), Arrays.copyOf(whole, length));
            assertThatExceptionOfType(CheckpointException.class)
                    .as("%d of %d bytes", length, whole.length)
                    .isThrownBy(() -> TorchCheckpoint.open(path));
        }
    }

    @Test
    void thousands_of_damaged_checkpoints() throws IOException {
        byte[] whole = small();
        new FileFuzz(folder.resolve("fuzz.bin"), HostileCheckpointTest::readAll, CheckpointException.class)
                .run(1500, whole, whole.length)
                .assertBothHappened();
    }

    @Test
    void thousands_of_damaged_pickles() throws IOException {
        byte[] pickle = smallPickle();
        new FileFuzz(folder.resolve("fuzz.bin"), HostileCheckpointTest::readAll, CheckpointException.class)
                .run(2500, pickle, pickle.length, damaged -> withStorages(Zips.torch(damaged)))
                .assertBothHappened();
    }

    private static void readAll(Path path) {
        try (var checkpoint = TorchCheckpoint.open(path)) {
            for (String name : checkpoint.names()) {
                TensorData tensor = checkpoint.tensor(name);
                assertThat(tensor.data().remaining()).isLessThan(2 << 20);
                if (tensor.dtype().isFloat()) tensor.toFloats();
            }
        }
    }

    private static byte[] small() {
        return withStorages(Zips.torch(smallPickle()));
    }

    private static byte[] smallPickle() {
        return PickleBytes.stateDict("w")
                .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3})
                .raw('q', 1)
                .text("b")
                .tensor("ByteStorage", "1", 40)
                .text("w again")
                .raw('h', 1)
                .end();
    }

    private static byte[] withStorages(Zips zip) {
        return zip.floats("0", 1, 2, 3, 4, 5, 6)
                .deflated("archive/data/1", new byte[40])
                .bytes();
    }

    private void assertRefused(Zips zip, String reason) throws IOException {
        assertRefused(zip.write(folder.resolve("some.bin")), reason);
    }

    private static void assertRefused(Path path, String reason) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TorchCheckpoint.open(path))
                .withMessageStartingWith(path + " cannot be used: ")
                .withMessageContaining(reason)
                .withMessageEndingWith(".");
    }
}
