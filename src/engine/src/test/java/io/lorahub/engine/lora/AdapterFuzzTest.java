package io.lorahub.engine.lora;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

class AdapterFuzzTest {

    private static final String CONFIG = "adapter_config.json";

    @TempDir
    Path folder;

    private Path adapter;

    @BeforeEach
    void write() {
        adapter = anAdapter().withBiases().in(folder, "adapter");
    }

    /** As PEFT has written them. */
    static Stream<byte[]> configurations() {
        return Stream.concat(
                Stream.of("all-linear", "dora", "layers-subset", "lora-bias", "modules-to-save")
                        .map(name -> bytes(Reference.path("adapters/" + name + "/" + CONFIG))),
                ForeignBytes.seeds(
                        "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":8,\"target_modules\":\".*(q|v)$\",\"rank_pattern\":{\"v\":2},"
                                + "\"alpha_pattern\":{\"q|k\":3.5},\"layers_to_transform\":[0],\"layers_pattern\":\"block\"}"));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing is refused: what can't be used is a finding. */
    @MethodSource("configurations")
    @FuzzTest
    void any_configuration(byte[] json) throws Exception {
        ForeignBytes.file(adapter.resolve(CONFIG), json);
        ForeignBytes.read(64, () -> {
            try (AdapterReading reading = new AdapterReading(adapter)) {
                assertThat(reading.findings())
                        .allMatch(f -> !f.message().isEmpty() && !f.subject().isEmpty());
                reading.summary();
            }
        });
    }
}
