package io.lorahub.engine.lora;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.hostile.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
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
    void any_file_content_results_in_findings(String name) throws IOException {
        Path folder = richAdapter().in(dir, "fuzzed");
        Path file = folder.resolve(name);
        byte[] original = Files.readAllBytes(file);
        int sound = 0;
        int faulty = 0;
        for (int seed = 0; seed < 600; seed++) {
            Files.delete(file); // the old one may still be mapped
            Files.write(file, new Mutations(seed).mutate(original, 800));
            try (AdapterReading reading = new AdapterReading(folder)) {
                List<CheckFinding> findings = reading.findings();
                assertThat(findings)
                        .allMatch(f -> !f.message().isEmpty() && !f.subject().isEmpty());
                reading.summary();
                if (findings.stream().anyMatch(CheckFinding::isError)) faulty++;
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
        assertThat(findings(folder)).extracting(CheckFinding::code).containsExactly("config-unreadable");
    }

    @Test
    void a_huge_configuration_is_a_finding() throws IOException {
        Path folder = anAdapter().in(dir, "huge");
        Files.writeString(folder.resolve("adapter_config.json"), "{\"a\": \"" + "x".repeat(17 << 20) + "\"}");
        assertThat(findings(folder)).extracting(CheckFinding::code).containsExactly("config-unreadable");
    }

    @Test
    void a_configuration_with_very_many_values_is_a_finding() throws IOException {
        Path folder = anAdapter()
                .with("extra", "[0%s]".formatted(",0".repeat(150_000)))
                .in(dir, "many");
        assertThat(findings(folder)).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("config-unreadable");
            assertThat(finding.message()).startsWith("adapter_config.json is too large or too deeply nested: ");
        });
    }

    @Test
    void many_slow_patterns_end_soon() {
        StringBuilder patterns = new StringBuilder("{");
        for (int i = 0; i < 4_000; i++) patterns.append("\"(([a-zA-Z0-9.]+)*)*!%d\": 2,".formatted(i));
        patterns.setCharAt(patterns.length() - 1, '}');
        Path folder = anAdapter().with("rank_pattern", patterns.toString()).in(dir, "slow");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(findings(folder))
                        .extracting(CheckFinding::code)
                        .contains("pattern-unusable"));
    }

    @Test
    void many_patterns_each_within_its_own_limit_end_soon() {
        StringBuilder patterns = new StringBuilder("{");
        for (int i = 0; i < 5_000; i++) patterns.append("\".*.*.*!%d\": 2,".formatted(i));
        patterns.setCharAt(patterns.length() - 1, '}');
        String[] modules = IntStream.range(0, 20)
                .mapToObj("encoder.block.%d.layer.0.SelfAttention.q"::formatted)
                .toArray(String[]::new);
        Path folder = anAdapter()
                .adapting(modules)
                .with("rank_pattern", patterns.toString())
                .in(dir, "nested");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> assertThat(findings(folder))
                        .extracting(CheckFinding::code)
                        .contains("pattern-unusable"));
    }

    @Test
    void a_rank_of_its_own_for_each_of_a_thousand_modules_is_read() {
        String[] modules = IntStream.range(0, 1_000)
                .mapToObj("model.layers.%d.self_attn.q_proj"::formatted)
                .toArray(String[]::new);
        StringBuilder patterns = new StringBuilder("{");
        for (String module : modules) patterns.append("\"%s\": 2,".formatted(module));
        patterns.setCharAt(patterns.length() - 1, '}');
        Path folder = anAdapter()
                .adapting(modules)
                .with("rank_pattern", patterns.toString())
                .in(dir, "ranks");
        assertThat(findings(folder)).extracting(CheckFinding::code).doesNotContain("pattern-unusable");
    }

    @Test
    void as_many_names_as_modules_are_compared_in_time() {
        String[] modules = IntStream.range(0, 40_000)
                .mapToObj("encoder.layer.module%d"::formatted)
                .toArray(String[]::new);
        Path folder = anAdapter().ofRank(1).ofShape(1, 1).adapting(modules).in(dir, "names");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> assertThat(findings(folder))
                        .extracting(CheckFinding::code)
                        .doesNotContain("target-without-tensors"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e308, -1e39, 1e12})
    void a_scale_beyond_all_use_is_an_error(double alpha) {
        Path folder = anAdapter().withAlpha(alpha).in(dir, "huge-scale");
        assertThat(findings(folder))
                .filteredOn(CheckFinding::isError)
                .extracting(CheckFinding::code)
                .containsExactly("scale-too-large");
    }

    private static List<CheckFinding> findings(Path folder) {
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
