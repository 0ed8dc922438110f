package io.lorahub.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.lang3.ArrayUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchBenchTest {

    @Test
    void one_run_is_measured_and_summarised() throws Exception {
        BenchLine line = search("--strategy", "random", "--budget", "6", "--draws", "2", "--json");

        assertThat(line.exitCode()).isZero();
        JsonNode json = line.json();
        assertThat(json.path("default").asText()).isEqualTo(Strategy.DEFAULT);
        assertThat(json.path("candidates").asInt()).isEqualTo(24);
        JsonNode run = json.path("runs").path(0);
        assertThat(json.path("runs")).hasSize(1);
        assertThat(run.path("task").asText()).isEqualTo("un-past");
        assertThat(run.path("draw").asInt()).isEqualTo(2);
        assertThat(run.path("evaluations").asInt()).isEqualTo(6);
        JsonNode score = json.path("scores").path(0);
        assertThat(score.path("loss_median").asDouble())
                .isEqualTo(run.path("loss").asDouble())
                .isPositive();
        assertThat(score.path("exact_match_mean").asDouble())
                .isEqualTo(run.path("exact_match").asDouble());
        assertThat(line.err()).contains("1/1 un-past draw 2, random");
    }

    @Test
    void every_combination_is_run_and_repeats_exactly() throws Exception {
        String[] arguments = {"--strategy", "random", "--budget", "3,5", "--draws", "1,2", "--seeds", "2", "--json"};
        JsonNode first = search(arguments).json().path("runs");
        JsonNode second = search(arguments).json().path("runs");

        assertThat(first).hasSize(8);
        for (int i = 0; i < 8; i++) {
            assertThat(first.path(i).path("loss")).isEqualTo(second.path(i).path("loss"));
        }
        assertThat(first.findValuesAsText("seed")).contains("42", "43");
    }

    @Test
    void the_table_marks_the_best_and_names_the_default() {
        BenchLine line = search("--strategy", "random", "--budget", "3", "--draws", "1");

        assertThat(line.out())
                .contains(
                        "budget 3", "95 % interval", "all but the end, %", " *", "The default is " + Strategy.DEFAULT);
    }

    @Test
    void a_written_mix_is_scored_beside_the_mix() throws Exception {
        String[] arguments = {"--strategy", "margins", "--budget", "30", "--tasks", "un-past", "--draws", "1"};
        String[] bound = ArrayUtils.addAll(arguments, "--max-error", "0.01");

        JsonNode written = search(ArrayUtils.add(bound, "--json")).json().at("/runs/0/written");
        assertThat(written.path("relative_error").asDouble()).isBetween(1e-6, 0.01);
        assertThat(written.path("rank").asInt())
                .isLessThan(written.path("lossless_rank").asInt());
        assertThat(written.path("exact_match").asDouble()).isPositive();
        assertThat(search(bound).out()).contains("Written within a relative error of 0.01, budget 30: rank ");
        assertThat(search(ArrayUtils.add(arguments, "--written")).out())
                .contains("Written as compose does, budget 30: rank ");
        assertThat(search(ArrayUtils.add(arguments, "--json"))
                        .json()
                        .at("/runs/0")
                        .has("written"))
                .isFalse();
    }

    @Test
    void a_crowd_hides_the_candidates() throws Exception {
        JsonNode json = search("--strategy", "random", "--budget", "2", "--draws", "1", "--crowd", "9", "--json")
                .json();

        assertThat(json.path("candidates").asInt()).isEqualTo(33);
        assertThat(json.path("crowd").asInt()).isEqualTo(9);
    }

    @Test
    void recorded_results_of_the_published_program_stand_beside(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("recorded.json");
        Files.writeString(file, """
                {"tasks": {"un-past": {"runs": [
                  {"draw": 1, "budget": 3, "exact_match": 10.0},
                  {"draw": 2, "budget": 3, "exact_match": 30.0},
                  {"draw": 1, "budget": 100, "exact_match": 90.0}]}}}
                """);
        String[] arguments = {
            "--strategy", "random", "--budget", "3", "--draws", "1,2", "--reference", file.toString(), "--json"
        };
        JsonNode json = search(arguments).json();

        JsonNode recorded = json.path("published_program_as_recorded").path("scores");
        assertThat(recorded).hasSize(1);
        assertThat(recorded.path(0).path("exact_match_mean").asDouble()).isEqualTo(20.0);
    }

    @Test
    void controls_stand_below_the_strategies() throws Exception {
        String[] arguments = {"--strategy", "random", "--budget", "2", "--draws", "1", "--controls"};
        assertThat(search(arguments).out()).contains("base model", "best single adapter", "uniform mix");

        String[] asJson = Arrays.copyOf(arguments, arguments.length + 1);
        asJson[arguments.length] = "--json";
        JsonNode controls = search(asJson).json().path("controls");
        assertThat(controls).hasSize(3);
        assertThat(controls.findValuesAsText("control"))
                .containsExactly("base model", "best single adapter", "uniform mix");
        assertThat(controls.path(1).path("adapter").asText()).isNotEmpty();
        assertThat(controls.path(1).path("loss").asDouble())
                .isLessThan(controls.path(0).path("loss").asDouble());
    }

    @Test
    void without_a_Python_that_can_train_no_LoRA_is_and_the_report_says_why(@TempDir Path folder) throws Exception {
        String[] arguments = {"--strategy", "random", "--budget", "2", "--draws", "1", "--controls"};
        assertThat(search(arguments).out())
                .contains(
                        "No LoRA was trained on the same examples: It needs a Python environment; give it with --python DIR.");

        Path python = Files.createDirectories(folder.resolve("bin")).resolve("python");
        String[] withPython = {"--strategy", "random", "--budget", "2", "--draws", "1", "--python", folder.toString()};
        assertThat(search(withPython).out()).contains("There is no Python environment in " + folder);

        Files.writeString(python, "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
        BenchLine line = search(withPython);
        assertThat(line.exitCode()).as(line.err()).isZero();
        assertThat(line.out())
                .contains("No LoRA was trained on the same examples: The training by PEFT", "lack a package");
    }

    @Test
    void an_unknown_demo_and_a_missing_base_model_are_named(@TempDir Path folder) {
        BenchLine unknown = search("--demo", "smollm3");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("There is no demo \"smollm3\"; there are words and smollm2.");

        String nowhere = folder.resolve("nowhere").toString();
        BenchLine missing = search("--strategy", "random", "--base", nowhere);
        assertThat(missing.exitCode()).isNotZero();
        assertThat(missing.err()).contains(nowhere);
    }

    @Test
    void a_demo_can_be_a_folder_of_which_one_half_is_measured() throws Exception {
        String folder = DemoHub.open().folder().toString();
        String[] arguments = {
            "search", "--demo", folder, "--strategy", "random", "--budget", "2", "--draws", "1", "--json"
        };
        List<String> all = DemoHub.open().tasks().stream().map(DemoTask::name).toList();

        List<String> tuning = tasks(ArrayUtils.addAll(arguments, "--half", "tuning"));
        List<String> test = tasks(ArrayUtils.addAll(arguments, "--half", "test"));

        assertThat(tuning).isNotEmpty().doesNotContainAnyElementsOf(test);
        assertThat(test).isNotEmpty();
        assertThat(Stream.concat(tuning.stream(), test.stream())).containsExactlyInAnyOrderElementsOf(all);
    }

    private static List<String> tasks(String... arguments) throws Exception {
        return BenchLine.run(arguments).json().path("runs").findValuesAsText("task");
    }

    @Test
    void a_family_is_of_the_demo_hub_only(@TempDir Path folder) {
        BenchLine line = BenchLine.run("search", "--demo", "smollm2", "--family", folder.toString());
        assertThat(line.exitCode()).isEqualTo(2);
        assertThat(line.err()).contains("leave out --demo");
    }

    private static BenchLine search(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "search";
        all[1] = "--tasks";
        all[2] = "un-past";
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return BenchLine.run(all);
    }
}
