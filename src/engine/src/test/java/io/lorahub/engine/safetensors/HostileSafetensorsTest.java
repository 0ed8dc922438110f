package io.lorahub.engine.safetensors;

import static io.lorahub.engine.safetensors.SafetensorsBytes.entry;
import static io.lorahub.engine.safetensors.SafetensorsBytes.withHeader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.testsupport.hostile.FileFuzz;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileSafetensorsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F32 | [2]          | [0,4]     | has the shape [2] of F32, which needs 8 bytes, and 4 bytes of data",
                "F32 | [-1]         | [0,4]     | has a negative number in its shape",
                "F32 | [1.0]        | [0,4]     | has a shape with something other than whole numbers",
                "F32 | [1e0]        | [0,4]     | has a shape with something other than whole numbers",
                "F32 | [\"1\"]      | [0,4]     | has a shape with something other than whole numbers",
                "F32 | [[1]]        | [0,4]     | has a shape with something other than whole numbers",
                "F32 | 1            | [0,4]     | has a shape that isn't a list",
                "F32 | [18446744073709551617] | [0,4] | has a number in its shape that is too large",
                "F32 | [4294967296,4294967296] | [0,0] | has a shape with more elements than can be counted",
                "F32 | [4611686018427387905]   | [0,4] | has a shape with more elements than can be counted",
                "F32 | [1]          | [4,0]     | ends before it begins",
                "F32 | [1]          | [-4,0]    | has a negative number in its data_offsets",
                "F32 | [1]          | [0]       | lacks its dtype, its shape or its two data_offsets",
                "F32 | [1]          | [0,4,8]   | has a data_offsets of more than 2 numbers",
                "F32 | [1]          | [4,8]     | 4 bytes before the tensor \"t\" belong to no tensor",
                "F32 | [2]          | [0,8]     | ends 4 bytes after the end of the file",
                "F32 | [0]          | [0,0]     | 4 bytes at its end belong to no tensor",
                "F32 | [0]          | [9223372036854775807,9223372036854775807] | belong to no tensor",
                "F31 | [1]          | [0,4]     | has the dtype \"F31\"; only [BOOL, U8,",
                "C64 | []           | [0,8]     | has the dtype \"C64\"",
            })
    void entries_that_lie(String dtype, String shape, String offsets, String reason) throws IOException {
        assertRefused(withHeader("{" + entry("t", dtype, shape, offsets) + "}").data(4), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                          | its header is not a JSON object",
                "{\"t\":[]}                  | its header's entry \"t\" is not a JSON object",
                "{\"t\":{}}                  | the tensor \"t\" lacks its dtype",
                "{\"__metadata__\":{\"a\":1}} | its metadata \"a\" isn't a string",
                "{\"__metadata__\":[]}       | its header's entry \"__metadata__\" is not a JSON object",
                "{} {}                       | its header continues after the end",
                "{                           | its header is not a JSON object",
                "{\"t\"                      | its header isn't valid",
                "{'t':{}}                    | its header isn't valid",
                "{\"t\":{\"dtype\":7}}       | has the dtype \"7\"",
                "{\"t\":{\"dtype\":null}}    | has the dtype \"null\"",
                "{\"t\":{\"x\":{},\"x\":{}}} | Duplicate",
                "{\"__metadata__\":{},\"__metadata__\":{}} | Duplicate",
            })
    void headers_that_are_no_headers(String header, String reason) throws IOException {
        assertRefused(withHeader(header), reason);
    }

    @Test
    void a_name_that_comes_twice() throws IOException {
        String twice = entry("t", "U8", "[1]", "[0,1]") + "," + entry("t", "U8", "[1]", "[1,2]");
        assertRefused(withHeader("{" + twice + "}").data(2), "Duplicate");
    }

    @Test
    void tensors_that_overlap() throws IOException {
        String two = entry("first", "U8", "[3]", "[0,3]") + "," + entry("second", "U8", "[2]", "[2,4]");
        assertRefused(withHeader("{" + two + "}").data(4), "the tensors \"first\" and \"second\" overlap");
    }

    @Test
    void an_empty_tensor_inside_another() throws IOException {
        String two = entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[0]", "[2,2]");
        assertRefused(withHeader("{" + two + "}").data(4), "overlap");
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000_001L, Long.MAX_VALUE, -1, Long.MIN_VALUE, 0x04034b50L << 32})
    void a_header_that_is_too_long_to_be_true(long length) throws IOException {
        assertRefused(withHeader("{}").headerLength(length), "its first 8 bytes ask for a header of");
    }

    @Test
    void a_header_longer_than_the_file() throws IOException {
        assertRefused(withHeader("{}").headerLength(3), "its header should have 3 bytes, but only 2 follow");
    }

    @Test
    void metadata_of_millions_of_keys_is_refused_before_it_is_kept() throws IOException {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{");
        for (int i = 0; i < 3_000_000; i++) header.append('"').append(i).append("\":\"\",");
        header.setCharAt(header.length() - 1, '}');
        assertRefusedCheaply(header.append('}').toString(), "its metadata has more than 10000 entries");
    }

    @Test
    void metadata_of_long_texts_is_refused() throws IOException {
        String text = "x".repeat(1_000_000);
        StringBuilder header = new StringBuilder("{\"__metadata__\":{");
        for (int i = 0; i < 12; i++) header.append("\"%d\":\"%s\",".formatted(i, text));
        header.setCharAt(header.length() - 1, '}');
        assertRefused(withHeader(header.append('}').toString()), "or 8000000 characters");
    }

    @Test
    void keys_that_the_format_does_not_know_are_not_kept_by_the_million() throws IOException {
        StringBuilder header = new StringBuilder("{\"a\":{");
        for (int i = 0; i < 1_000_000; i++) header.append('"').append(i).append("\":0,");
        header.setCharAt(header.length() - 1, '}');
        assertRefusedCheaply(header.append('}').toString(), "far more keys than the format knows");
    }

    @Test
    void a_very_long_name_is_refused() throws IOException {
        String entry = SafetensorsBytes.entry("n".repeat(2_001), "F32", "[]", "[0,4]");
        assertRefused(withHeader("{" + entry + "}").data(4), "longer than 2000 characters");
    }

    /** Beside the parser's buffers and what it keeps of the first keys. */
    private void assertRefusedCheaply(String header, String reason) throws IOException {
        Path path = withHeader(header).in(folder);
        var memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() -> SafetensorsFile.open(path))
                .withMessageContaining(reason);
        assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000_000);
    }

    @Test
    void a_header_nested_deeply() throws IOException {
        String deep = "{\"t\":{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";
        assertRefused(withHeader(deep), "nesting depth");
    }

    @Test
    void a_header_that_is_not_utf8() throws IOException {
        byte[] header = {'{', '"', (byte) 0xff, '"', ':', '{', '}', '}'};
        assertRefused(new SafetensorsBytes(header.length, header, 0), "its header is not UTF-8");
    }

    @Test
    void names_do_not_reach_the_terminal_raw() throws IOException {
        String name = "\\u001b[2J" + "n".repeat(1000);
        assertRefused(withHeader("{" + entry(name, "F31", "[1]", "[0,4]") + "}").data(4), "the tensor \"?[2Jnnn");
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() -> SafetensorsFile.open(folder.resolve("some.safetensors")))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(800));
    }

    @ParameterizedTest
    @CsvSource({
        "PK34567890, a zip or a PyTorch checkpoint",
        "version https://git-lfs.github.com/spec/v1, a Git LFS pointer",
        "<!DOCTYPE html>, a web page",
        "something, damaged"
    })
    void other_files(String content, String reason) throws IOException {
        Path path = Files.writeString(folder.resolve("other.safetensors"), content);
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() -> SafetensorsFile.open(path))
                .withMessageContaining(reason);
    }

    @Test
    void a_file_cut_off_anywhere() throws IOException {
        byte[] whole = small();
        for (int length = 0; length < whole.length; length++) {
            Path path = Files.write(folder.resolve(length + ".safetensors"), Arrays.copyOf(whole, length));
            assertThatExceptionOfType(SafetensorsException.class)
                    .as("%d of %d bytes", length, whole.length)
                    .isThrownBy(() -> SafetensorsFile.open(path));
        }
    }

    @Test
    void thousands_of_damaged_headers() throws IOException {
        byte[] whole = small();
        int data = 5 * Float.BYTES;
        byte[] header = Arrays.copyOfRange(whole, 8, whole.length - data);
        new FileFuzz(folder.resolve("fuzz.safetensors"), HostileSafetensorsTest::readAll, SafetensorsException.class)
                .run(
                        4000,
                        header,
                        header.length,
                        damaged -> new SafetensorsBytes(damaged.length, damaged, data).bytes())
                .assertBothHappened();
    }

    @Test
    void thousands_of_damaged_files() throws IOException {
        byte[] whole = small();
        new FileFuzz(folder.resolve("fuzz.safetensors"), HostileSafetensorsTest::readAll, SafetensorsException.class)
                .run(3000, whole, whole.length)
                .assertBothHappened();
    }

    private static void readAll(Path path) {
        try (var file = SafetensorsFile.open(path)) {
            for (String name : file.names()) {
                TensorData tensor = file.tensor(name);
                assertThat(tensor.data().remaining())
                        .isEqualTo((int) file.info(name).bytes());
                if (tensor.dtype().isFloat()) tensor.toFloats();
            }
        }
    }

    private byte[] small() throws IOException {
        Path path = folder.resolve("small.safetensors");
        SafetensorsWriter.write(
                path,
                Map.of(
                        "a",
                        TensorData.of(new float[] {1, 2, 3, 4}, 2, 2),
                        "b.c",
                        TensorData.of(new float[] {5}),
                        "d",
                        TensorData.of(new float[0], 3, 0)),
                Map.of("format", "pt"));
        return Files.readAllBytes(path);
    }

    private void assertRefused(SafetensorsBytes bytes, String reason) throws IOException {
        Path path = bytes.in(folder);
        assertThatExceptionOfType(SafetensorsException.class)
                .isThrownBy(() -> SafetensorsFile.open(path))
                .withMessageStartingWith("The file " + path)
                .withMessageContaining(reason)
                .withMessageEndingWith(".");
    }
}
