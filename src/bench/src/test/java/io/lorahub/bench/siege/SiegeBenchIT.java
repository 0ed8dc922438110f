package io.lorahub.bench.siege;

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

/** Two attacks on the packaged hub; how fast it answers depends on the machine and is not checked here. */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SiegeBenchIT {

    @TempDir
    Path folder;

    @Test
    void a_short_siege_is_measured_and_leaves_nothing() throws Exception {
        BenchLine line = BenchLine.run(
                "siege",
                "--seconds",
                "2",
                "--attacks",
                "wrong passwords,taken-down files",
                "--folder",
                folder.toString(),
                "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode attacks = line.json().path("attacks");
        assertThat(attacks.findValuesAsText("attack"))
                .containsExactly("none", "wrong passwords", "taken-down files", "all at once");
        for (JsonNode attack : attacks) {
            assertThat(attack.path("status_asked").asInt()).as("%s", attack).isPositive();
            assertThat(attack.path("status_failed").asInt()).as("%s", attack).isZero();
            if (!attack.path("attack").asText().equals("none")) {
                assertThat(attack.path("clients").asInt()).as("%s", attack).isPositive();
                assertThat(attack.path("defence_holds").asBoolean())
                        .as("%s", attack)
                        .isTrue();
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void attacks_that_there_are_not_are_refused() {
        assertThat(BenchLine.run("siege", "--attacks", "hail").err()).contains("slow imports");
    }
}
