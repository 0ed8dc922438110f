package io.lorahub.engine.model.family;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class ModelConfigFuzzTest {

    private static final Path MODELS = Checkout.path("src/engine/src/test/resources/reference");

    /** Of all families. */
    static Stream<byte[]> configurations() throws IOException {
        try (Stream<Path> files = Files.walk(MODELS)) {
            return files
                    .filter(file -> file.endsWith("config.json"))
                    .sorted()
                    .map(ModelConfigFuzzTest::bytes)
                    .toList()
                    .stream();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @MethodSource("configurations")
    @FuzzTest
    void any_configuration(byte[] bytes) throws Exception {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(bytes);
        } catch (IOException e) {
            return;
        }
        ForeignBytes.read(
                64,
                () -> {
                    ModelConfig config = ModelFamilies.of(json);
                    config.shapes();
                    config.constants();
                    GenerationSettings.of(config, json, json.path("generation"));
                },
                EngineException.class);
    }
}
