package io.lorahub.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import io.lorahub.bench.process.ProcessMemory;
import io.lorahub.engine.model.Precision;
import org.junit.jupiter.api.Test;

class EngineBenchTest {

    @Test
    void the_demo_base_is_measured() {
        BenchSubject subject = BenchSubject.prepare("demo", line -> {});
        JsonNode row = new EngineMeasurement(subject, Precision.FLOAT32, 1, 1).measure();

        assertThat(row.path("shape").asText()).isEqualTo("demo");
        assertThat(row.path("candidates").asInt()).isEqualTo(24);
        for (String what : new String[] {"bare", "exact", "factor", "gradient", "unequal_padded", "unequal_packed"}) {
            assertThat(row.path(what).path("seconds").asDouble()).as(what).isPositive();
            assertThat(row.path(what).path("to_bare").asDouble()).as(what).isPositive();
        }
        assertThat(row.path("bare").path("to_bare").asDouble()).isEqualTo(1.0);
        assertThat(row.path("weights_file_bytes").asLong())
                .isEqualTo(subject.base().resolve("model.safetensors").toFile().length());
    }

    @Test
    void the_command_measures_in_a_process_of_its_own() throws Exception {
        BenchLine line = BenchLine.run("engine", "--shapes", "demo", "--rounds", "1", "--threads", "1", "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode json = line.json();
        assertThat(json.path("threads").asInt()).isEqualTo(1);
        assertThat(json.path("shapes")).hasSize(1);
        assertThat(json.path("shapes").path(0).path("dtype").asText()).isEqualTo("float32");
        ProcessMemory.now().ifPresent(here -> {
            JsonNode memory = json.path("shapes").path(0).path("memory");
            assertThat(memory.path("within_bound").isBoolean()).isTrue();
            assertThat(memory.path("evaluated").path("peak_bytes").asLong()).isPositive();
        });
    }

    @Test
    void memory_alone_is_measured_beside_its_estimate() throws Exception {
        BenchLine line = BenchLine.run(
                "engine",
                "--shapes",
                "llama-tiny",
                "--dtypes",
                "float32",
                "--rounds",
                "0",
                "--rank",
                "4",
                "--all-linear",
                "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode row = line.json().path("shapes").path(0);
        assertThat(row.has("exact")).isFalse();
        long numbers = 20L * 4 * 8 * (2 * 256 + 2 * (256 + 128) + 256 + 256 + 3 * (256 + 704));
        // the base model's file is in bfloat16, so it is copied
        assertThat(row.at("/memory/estimated_own_bytes").asLong()).isGreaterThan(4 * numbers);
        assertThat(row.at("/memory/adapter_file_bytes").asLong()).isBetween(4 * numbers, 5 * numbers);
        ProcessMemory.now().ifPresent(here -> {
            long gradients =
                    row.at("/memory/with_gradients/peak_anonymous_bytes").asLong();
            assertThat(gradients)
                    .isGreaterThanOrEqualTo(
                            row.at("/memory/loaded/peak_anonymous_bytes").asLong())
                    .isGreaterThanOrEqualTo(
                            row.at("/memory/stacked/anonymous_bytes").asLong());
        });
    }

    @Test
    void a_decoder_only_shape_is_also_measured_with_a_common_system_text() throws Exception {
        BenchLine line = BenchLine.run(
                "engine", "--shapes", "llama-tiny", "--dtypes", "float32", "--rounds", "1", "--threads", "1", "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode row = line.json().path("shapes").path(0);
        double apart = row.at("/system_apart/seconds").asDouble();
        double shared = row.at("/system_shared/seconds").asDouble();
        assertThat(apart).isPositive();
        assertThat(row.path("sharing_gain").asDouble()).isEqualTo(apart / shared);
    }

    @Test
    void writing_a_mix_is_measured_in_each_way() throws Exception {
        BenchLine line = BenchLine.run("engine", "--export", "--shapes", "demo", "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        assertThat(line.json().path("exports"))
                .extracting(row -> row.path("kind").asText())
                .containsExactly("lossless", "rank 16", "fused");
        assertThat(line.json().path("exports").path(1).path("rank").asInt()).isEqualTo(16);
        assertThat(line.json().path("exports").path(2).path("seconds").asDouble())
                .isPositive();
    }

    @Test
    void an_unknown_shape_is_named() {
        BenchLine line = BenchLine.run("engine", "--shapes", "huge");

        assertThat(line.exitCode()).isNotZero();
        assertThat(line.err())
                .contains(
                        "There is no shape \"huge\"; use one of demo, small, base, large, llama-tiny, smollm2-135m, llama-3.2-1b, qwen2.5-1.5b.");
    }
}
