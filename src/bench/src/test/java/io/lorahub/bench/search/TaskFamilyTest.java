package io.lorahub.bench.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFamilyTest {

    @TempDir
    Path folder;

    private TaskFamily family;

    @BeforeEach
    void tasks() throws IOException {
        for (String name : List.of("un-past", "re-past", "the-plural", "leet-exclaim")) {
            DemoTask task = DemoHub.open().task(name);
            Path copy = Files.createDirectory(folder.resolve(name));
            List<String> words = new ArrayList<>();
            for (int draw = 1; draw <= DemoTask.DRAWS; draw++) {
                Files.copy(task.fewShotFile(draw), copy.resolve("few-shot-%d.jsonl".formatted(draw)));
                words.addAll(Files.readAllLines(task.fewShotFile(draw)));
            }
            Files.copy(task.heldOutFile(), copy.resolve("held-out.jsonl"));
            Files.write(copy.resolve("fit.jsonl"), words);
        }
        family = new TaskFamily(folder);
    }

    private List<String> half(TaskFamily.Half half) {
        return family.solvable(half).stream().map(DemoTask::name).toList();
    }

    @Test
    void each_solvable_task_is_in_one_half() {
        family.write(Map.of("un-past", 90.0, "re-past", 50.0, "the-plural", 70.0, "leet-exclaim", 49.0));
        List<String> tuning = half(TaskFamily.Half.tuning);
        List<String> test = half(TaskFamily.Half.test);
        assertThat(tuning).doesNotContainAnyElementsOf(test);
        List<String> both = new ArrayList<>(tuning);
        both.addAll(test);
        assertThat(both).containsExactlyInAnyOrder("un-past", "re-past", "the-plural");
    }

    @Test
    void without_fitted_weights_no_task_is_solvable() {
        assertThatThrownBy(() -> family.solvable(TaskFamily.Half.test))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("bench solvable");
    }

    @Test
    void weights_are_fitted_once_and_the_search_runs_on_what_they_solve() throws Exception {
        String first = family.tasks().get(0).name();
        BenchLine.run("solvable", folder.toString(), "--sample", "1");
        assertThat(family.solved()).containsOnlyKeys(first);
        assertThat(family.solved().get(first)).isGreaterThan(80);
        assertThat(BenchLine.run("solvable", folder.toString(), "--sample", "1").err())
                .doesNotContain(first);

        String half = half(TaskFamily.Half.test).isEmpty() ? "tuning" : "test";
        JsonNode runs = BenchLine.run(
                        "search",
                        "--family",
                        folder.toString(),
                        "--half",
                        half,
                        "--strategy",
                        "random",
                        "--budget",
                        "3",
                        "--draws",
                        "1",
                        "--json")
                .json()
                .path("runs");
        assertThat(runs).hasSize(1);
        assertThat(runs.path(0).path("task").asText()).isEqualTo(first);
    }
}
