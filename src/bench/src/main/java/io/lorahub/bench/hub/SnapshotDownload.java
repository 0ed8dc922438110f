package io.lorahub.bench.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.reference.PythonEnvironment;
import io.lorahub.bench.reference.UnavailableException;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The stock client's {@code snapshot_download} from the hub beside the same client's download from a plain HTTP server
 * ({@code bench/snapshot_download.py}).
 */
final class SnapshotDownload {

    private static final String SCRIPT = "snapshot_download.py";

    private SnapshotDownload() {}

    /**
     * Throws UnavailableException if the Python environment can't download.
     *
     * @param environment folder of a virtual environment with huggingface_hub
     * @param file        what is uploaded once, and downloaded in each round from both
     * @return the client's version, the speeds as medians of the rounds, and their ratio
     */
    static ObjectNode measure(Path environment, URI hub, BenchMember member, Path file, int rounds) {
        String output = PythonEnvironment.at(environment)
                .output(
                        SCRIPT,
                        Map.of("HF_TOKEN", member.token()),
                        List.of(
                                hub.toString(),
                                member.name() + "/snapshot-download",
                                file.toString(),
                                String.valueOf(rounds)));
        JsonNode answer = json(output);
        double megabytes = answer.path("bytes").asDouble() / 1e6;
        double ours = megabytes / median(answer.path("hub_seconds"));
        double plain = megabytes / median(answer.path("plain_seconds"));
        return BenchOutput.JSON
                .createObjectNode()
                .put("client", answer.path("client").asText())
                .put("bytes", answer.path("bytes").asLong())
                .put("rounds", answer.path("rounds").asInt())
                .put("hub_mb_per_second", ours)
                .put("plain_mb_per_second", plain)
                .put("hub_to_plain", ours / plain);
    }

    private static double median(JsonNode seconds) {
        List<Double> values = new ArrayList<>();
        seconds.forEach(value -> values.add(value.asDouble()));
        return Samples.of(values).median();
    }

    private static JsonNode json(String output) {
        String last = output.substring(output.lastIndexOf('\n') + 1); // before it, a client's warnings
        try {
            return BenchOutput.JSON.readTree(last);
        } catch (JsonProcessingException e) {
            throw new UnavailableException("%s answered %s, which isn't JSON.".formatted(SCRIPT, last));
        }
    }
}
