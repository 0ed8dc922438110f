package io.lorahub.engine.lora;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileAdapterTest {

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"adapter_config.json", "adapter_model.safetensors"})
    void whatever_a_file_holds_the_answer_is_findings(String name) throws IOException {
        Path folder = richAdapter().in(dir, "fuzzed");
        Path file = folder.resolve(name);
        byte[] original = Files.readAllBytes(file);
        int sound = 0;
        int faulty = 0;
        for (int seed = 0; seed < 600; seed++) {
            Files.delete(file); // the old one may still be mapped
            Files.write(file, new Mutations(seed).mutate(original, 800));
            try (AdapterReading reading = new AdapterReading(folder)) {
                List<Finding> findings = reading.findings();
                assertThat(findings)
                        .allMatch(f -> !f.message().isEmpty() && !f.subject().isEmpty());
                reading.summary();
                if (findings.stream().anyMatch(Finding::isError)) faulty++;
                else sound++;
            }
        }
        assertThat(sound).isPositive();
        assertThat(faulty).isPositive();
    }

    @Test
    void very_deep_json_is_a_finding() throws IOException {
        Path folder = anAdapter().in(dir, "deep");
        Files.writeString(folder.resolve("adapter_config.json"), "{\"a\":".repeat(100_000));
        assertThat(findings(folder)).extracting(Finding::code).containsExactly("config-unreadable");
    }

    @Test
    void a_huge_configuration_is_a_finding() throws IOException {
        Path folder = anAdapter().in(dir, "huge");
        Files.writeString(folder.resolve("adapter_config.json"), "{\"a\": \"" + "x".repeat(17 << 20) + "\"}");
        assertThat(findings(folder)).extracting(Finding::code).containsExactly("config-unreadable");
    }

    @Test
    void many_slow_patterns_end_soon() {
        StringBuilder patterns = new StringBuilder("{");
        for (int i = 0; i < 4_000; i++) patterns.append("\"(([a-zA-Z0-9.]+)*)*!%d\": 2,".formatted(i));
        patterns.setCharAt(patterns.length() - 1, '}');
        Path folder = anAdapter().with("rank_pattern", patterns.toString()).in(dir, "slow");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(findings(folder)).extracting(Finding::code).contains("pattern-unusable"));
    }

    private static List<Finding> findings(Path folder) {
        try (AdapterReading reading = new AdapterReading(folder)) {
            return reading.findings();
        }
    }

    private static AdapterBuilder richAdapter() {
        return anAdapter()
                .withBiases()
                .with("rank_pattern", "{\"v\": 2}")
                .with("alpha_pattern", "{\"q|k\": 3.5}")
                .with("layers_to_transform", "[0]")
                .with("layers_pattern", "\"block\"")
                .with("modules_to_save", "null")
                .with("use_dora", "false")
                .with("init_lora_weights", "true")
                .with("exclude_modules", "[\"wo\"]");
    }
}
