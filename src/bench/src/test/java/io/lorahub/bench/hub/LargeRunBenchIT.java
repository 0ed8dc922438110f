package io.lorahub.bench.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The walk of the bench with its smallest model; the large one takes minutes and 15 GB of disk. */
@Tag("long")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LargeRunBenchIT {

    @TempDir
    Path folder;

    @Test
    void a_run_goes_from_registration_to_a_text_of_the_published_mix() throws Exception {
        BenchLine line = BenchLine.run(
                "large-run",
                "--shape",
                "small",
                "--budget",
                "22",
                "--rank",
                "8",
                "--folder",
                folder.toString(),
                "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode json = line.json();
        assertThat(json.path("steps")).hasSize(9).allSatisfy(step -> {
            assertThat(step.path("seconds").asDouble()).isPositive();
            assertThat(step.path("own_peak_bytes").asLong()).isPositive();
        });
        assertThat(json.at("/steps/2/events").asInt()).isPositive();
        assertThat(json.at("/steps/4/adapter_model.safetensors").asInt()).isEqualTo(96);
        assertThat(json.at("/steps/5/adapter_model.safetensors").asInt()).isEqualTo(96);
        assertThat(json.at("/steps/6/model.safetensors").asInt()).isGreaterThan(100);
        assertThat(json.at("/steps/7/adapter_model.safetensors").asInt()).isEqualTo(96);
        assertThat(json.at("/steps/8/finish_reason").asText()).isIn("stop", "length");
        assertThat(json.at("/compose/own_peak_bytes").asLong()).isPositive();
        assertThat(LargeRunBenchCommand.text(json)).contains("lorahub compose --out");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_shape_that_there_is_not_is_refused() {
        assertThat(BenchLine.run("large-run", "--shape", "tiny").exitCode()).isEqualTo(2);
    }
}
