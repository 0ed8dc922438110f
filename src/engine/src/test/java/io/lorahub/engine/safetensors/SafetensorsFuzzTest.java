package io.lorahub.engine.safetensors;

import static io.lorahub.engine.safetensors.SafetensorsBytes.entry;
import static io.lorahub.engine.safetensors.SafetensorsBytes.withHeader;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFuzzTest {

    private static final int DATA = 64;

    @TempDir
    Path folder;

    static Stream<byte[]> headers() {
        return ForeignBytes.seeds(
                "{\"__metadata__\":{\"format\":\"pt\"}," + entry("a", "F32", "[2,4]", "[0,32]") + ","
                        + entry("b", "BF16", "[16]", "[32,64]") + "}",
                "{" + entry("b", "F16", "[]", "[0,2]") + "," + entry("a", "I8", "[62]", "[2,64]") + "}");
    }

    static Stream<byte[]> files() {
        return headers()
                .map(header -> withHeader(ForeignBytes.text(header)).data(DATA).bytes());
    }

    @MethodSource("files")
    @FuzzTest
    void any_file(byte[] bytes) throws Exception {
        read(bytes);
    }

    /** Of the length that the file says, so that more of it is read. */
    @MethodSource("headers")
    @FuzzTest
    void any_header(byte[] header) throws Exception {
        read(new SafetensorsBytes(header.length, header, DATA).bytes());
    }

    private void read(byte[] bytes) throws Exception {
        Path file = ForeignBytes.file(folder.resolve("some.safetensors"), bytes);
        ForeignBytes.read(
                16,
                () -> {
                    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
                        for (String name : opened.names()) {
                            TensorData tensor = opened.tensor(name);
                            if (tensor.dtype().isFloat()) tensor.toFloats();
                        }
                    }
                },
                SafetensorsException.class);
    }
}
