package io.lorahub.bench.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On the packaged hub with worker processes; their speed depends on the machine and is not checked here. */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PoolBenchIT {

    @TempDir
    Path folder;

    @Test
    void a_small_pool_is_measured_and_leaves_nothing() throws Exception {
        BenchLine line = BenchLine.run(
                "pool",
                "--evaluations",
                "20",
                "--rounds",
                "1",
                "--watchers",
                "3",
                "--folder",
                folder.toString(),
                "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode json = line.json();
        assertThat(json.at("/overhead/plain_seconds").asDouble()).isPositive();
        assertThat(json.at("/overhead/hub_seconds").asDouble()).isPositive();
        assertThat(json.at("/click/p95_seconds").asDouble())
                .isGreaterThanOrEqualTo(json.at("/click/p50_seconds").asDouble());
        assertThat(json.at("/watching/events").asInt()).isPositive();
        assertThat(json.at("/watching/missed").asInt()).isZero();
        assertThat(json.at("/throughput/one").asDouble()).isPositive();
        assertThat(json.at("/throughput/two").asDouble()).isPositive();
        assertThat(json.at("/queue/few_seconds").asDouble()).isPositive();
        assertThat(json.at("/queue/many_seconds").asDouble()).isPositive();
        assertThat(json.at("/queue/many").asInt()).isEqualTo(15_000);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void curves_have_a_row_for_each_number_of_workers_watchers_and_waiting_runs() throws Exception {
        BenchLine line =
                BenchLine.run("pool", "--curves", "--evaluations", "20", "--folder", folder.toString(), "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode json = line.json();
        assertThat(json.path("workers").findValuesAsText("workers"))
                .startsWith("1")
                .endsWith("10");
        assertThat(json.path("workers"))
                .allMatch(row -> row.path("evaluations_per_second").asDouble() > 0
                        && row.path("database_seconds_per_evaluation").asDouble() > 0);
        assertThat(json.path("watchers").findValuesAsText("watchers"))
                .startsWith("1")
                .endsWith("1000");
        assertThat(json.path("watchers").findValuesAsText("missed")).containsOnly("0");
        assertThat(json.path("waiting").findValuesAsText("waiting"))
                .startsWith("1")
                .endsWith("10000");
        assertThat(json.path("waiting")).allMatch(row -> row.path("seconds").asDouble() > 0);
    }

    @Test
    void numbers_that_make_no_sense_are_refused() {
        assertThat(BenchLine.run("pool", "--evaluations", "5").exitCode()).isEqualTo(2);
    }
}
