package io.lorahub.bench.soak;

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

/** Every kind of fault once, while every kind of work is done; it is too short to see whether something grows. */
@Tag("outage")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class SoakBenchIT {

    @TempDir
    Path folder;

    @Test
    void nothing_is_lost_double_or_stuck_while_parts_of_a_hub_fail() throws Exception {
        Path plots = folder.resolve("plots");
        BenchLine line = BenchLine.run(
                "soak",
                "--minutes",
                "3",
                "--every",
                "20",
                "--plots",
                plots.toString(),
                "--folder",
                folder.resolve("hub").toString(),
                "--json");

        JsonNode json = line.json();
        assertThat(json.path("wrong")).as("%s", json).isEmpty();
        assertThat(line.exitCode()).isZero();
        assertThat(json.path("faults").findValuesAsText("fault")).hasSize(Fault.values().length);
        assertThat(json.path("work")).hasSize(Work.Kind.values().length);
        for (JsonNode kind : json.path("work")) {
            assertThat(kind.path("begun").asInt()).as("%s", kind).isPositive();
        }
        assertThat(json.at("/pages/good").asInt()).isPositive();
        assertThat(json.at("/texts/whole").asInt()).isPositive();
        assertThat(json.at("/processes/web-1/heap/last_third").asDouble()).isPositive();
        assertThat(plots.resolve("heap.svg")).content().contains("web-1", "worker-3");
        try (Stream<Path> left = Files.list(folder.resolve("hub"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void numbers_that_make_no_sense_are_refused() {
        assertThat(BenchLine.run("soak", "--every", "5").exitCode()).isEqualTo(2);
    }
}
