package io.lorahub.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import io.lorahub.bench.report.BenchOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceBenchTest {

    @TempDir
    private Path folder;

    @Test
    void without_python_it_says_so_and_is_content() throws Exception {
        BenchLine line = BenchLine.run("reference", "--venv", folder.toString(), "--json");

        assertThat(line.exitCode()).isZero();
        assertThat(line.json().path("rows")).isEmpty();
        assertThat(line.json().path("published_program").asText())
                .isEqualTo("There is no Python environment in %s.".formatted(folder));
    }

    @Test
    void without_python_it_fails_where_that_is_required() {
        BenchLine line = BenchLine.run("reference", "--venv", folder.toString(), "--require");

        assertThat(line.exitCode()).isNotZero();
        assertThat(line.err()).contains("There is no Python environment in");
    }

    @Test
    void a_python_without_the_program_is_no_fault_of_ours() throws Exception {
        Path python = Files.createDirectories(folder.resolve("bin")).resolve("python");
        Files.writeString(python, "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));

        BenchLine line = BenchLine.run(
                "reference", "--venv", folder.toString(), "--rows", "demo", "--threads", "1", "--rounds", "1");

        assertThat(line.exitCode()).as(line.err()).isZero();
        assertThat(line.out()).contains("may lack a package", "The rows are left out.");
    }

    @Test
    void an_unknown_row_is_named() {
        BenchLine line = BenchLine.run("reference", "--venv", folder.toString(), "--rows", "huge");

        assertThat(line.exitCode()).isEqualTo(2);
        assertThat(line.err()).contains("There is no row \"huge\"; use any of demo, small, base");
    }

    @Test
    void the_report_shows_ratios_and_disagreement() throws Exception {
        JsonNode rows = BenchOutput.JSON.readTree("""
                [{"row": "small", "published_seconds": 0.2, "published_bare_seconds": 0.15, "seconds": 0.1, "faster": 2.0,
                  "exact_seconds": 0.125, "exact_faster": 1.6, "objective_difference": 0.5, "objectives_agree": false},
                 {"row": "run", "task": "un-past", "published_seconds": 3.0, "seconds": 0.25, "faster": 12.0,
                  "published_loss": 1.5, "goal_reached": true, "evaluations": 9, "strategy": "random"}]
                """);

        String text = ReferenceBenchCommand.text(rows, 2);

        assertThat(text).contains("2.00 ×", "1.60 ×", "5.0e-01", "NO", "12.00 ×");
        assertThat(text).contains("un-past to loss 1.500: reached after 9 evaluations of random");
    }
}
