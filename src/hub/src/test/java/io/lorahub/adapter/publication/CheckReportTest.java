package io.lorahub.adapter.publication;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.inspection.Inspection;
import io.lorahub.testsupport.hostile.Mutations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hub refuses what {@code lorahub inspect} refuses, and nothing else. */
class CheckReportTest {

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora_alpha | 1e308",
                "lora_alpha | -1",
                "lora_alpha | 9223372036854775807",
                "r | 0",
                "r | 1e9",
                "rank_pattern | {\"(\": 4}",
                "rank_pattern | {\"q\": 1000000000}",
                "alpha_pattern | {\"q\": 1e308}",
                "bias | \"all\"",
                "use_dora | true",
                "peft_type | \"IA3\"",
                "target_modules | [\"k\"]"
            })
    void of_an_odd_configuration(String key, String value) {
        assertSame(anAdapter().with(key, value).in(dir, "odd"));
    }

    @Test
    void of_damaged_weights() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Path folder = anAdapter().in(dir, "damaged-" + seed);
            Path weights = folder.resolve("adapter_model.safetensors");
            Files.write(weights, new Mutations(seed).mutate(Files.readAllBytes(weights), 400));
            assertSame(folder);
        }
    }

    private static void assertSame(Path folder) {
        assertThat(CheckReport.of(folder, Optional.empty(), "").passed())
                .as(folder.toString())
                .isEqualTo(Inspection.of(folder).sound());
    }
}
