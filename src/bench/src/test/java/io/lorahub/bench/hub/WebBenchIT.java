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

/** On the packaged hub; its speed depends on the machine and is not checked here. */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class WebBenchIT {

    @TempDir
    Path folder;

    @Test
    void a_small_hub_is_measured_and_leaves_nothing() throws Exception {
        BenchLine line = BenchLine.run(
                "web",
                "--adapters",
                "500",
                "--rate",
                "20",
                "--seconds",
                "3",
                "--megabytes",
                "2",
                "--rounds",
                "1",
                "--folder",
                folder.toString(),
                "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode json = line.json();
        assertThat(json.path("pages")).hasSize(3);
        for (JsonNode kind : json.path("pages")) {
            assertThat(kind.path("requests").asInt()).isEqualTo(20);
            assertThat(kind.path("failed").asInt())
                    .as(kind.path("slowest").asText())
                    .isZero();
            assertThat(kind.path("p99_seconds").asDouble())
                    .isGreaterThanOrEqualTo(kind.path("p50_seconds").asDouble());
        }
        assertThat(json.at("/transfers/upload_to_copy").asDouble()).isPositive();
        assertThat(json.at("/transfers/download_to_copy").asDouble()).isPositive();
        assertThat(json.at("/transfers/unforced_copy_mb_per_second").asDouble()).isPositive();
        assertThat(json.at("/transfers/sha256_mb_per_second").asDouble()).isPositive();
        assertThat(json.path("weights")).hasSize(8).allSatisfy(page -> {
            assertThat(page.path("css").asInt()).isPositive();
            assertThat(page.path("bytes").asInt()).isLessThan(150_000);
        });
        assertThat(json.has("snapshot_download")).isFalse();
        assertThat(WebBenchCommand.text(json)).contains("browse", "facets", "search", "--python DIR measures it.");
        assertThat(folder).isEmptyDirectory();
    }
}
