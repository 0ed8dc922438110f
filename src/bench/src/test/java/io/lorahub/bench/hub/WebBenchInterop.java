package io.lorahub.bench.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a stock client of those that {@code ./lorahub test --interop} installs. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class WebBenchInterop {

    private static final Path CLIENT = Path.of(System.getProperty("lorahub.interop"), "huggingface_hub-2.4.0");

    @TempDir
    Path folder;

    @Test
    void snapshot_download_is_measured_beside_a_plain_server() throws Exception {
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
                "--python",
                CLIENT.toString(),
                "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode json = line.json();
        assertThat(json.path("snapshot_download_missing").asText()).isEmpty();
        assertThat(json.at("/snapshot_download/hub_to_plain").asDouble()).isPositive();
        assertThat(WebBenchCommand.text(json)).contains("huggingface_hub 2.4.0", "from Python's own HTTP server");
    }
}
