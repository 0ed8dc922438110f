package io.lorahub.bench.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class StudyBenchTest {

    @TempDir
    private Path folder;

    private BenchLine study(String... arguments) {
        List<String> all = new ArrayList<>(List.of("study", "--tasks", "1", "--threads", "1", "--results"));
        all.add(results().toString());
        all.addAll(List.of(arguments));
        return BenchLine.run(all.toArray(String[]::new));
    }

    private Path results() {
        return folder.resolve("new/results.jsonl");
    }

    @Test
    void every_row_is_measured_or_the_table_says_why_not() throws Exception {
        BenchLine line = study("--budget", "3");

        assertThat(line.exitCode()).as(line.err()).isZero();
        assertThat(line.out())
                .contains("words: 1 task, draw 1.", "budget 3, 5 examples, 24 candidates", "95 % interval")
                .contains("base model", "best single adapter", "uniform mix", "random weights", "random adapters")
                .contains("PEFT linear", "PEFT ties", "PEFT dare_linear", "PEFT magnitude_prune", "cma-es", "margins")
                .contains("published program: left out. It needs a Python environment; give it with --python DIR.")
                .contains("trained LoRA: left out.", "NGOpt, exact composition: left out.");
        JsonNode single = row(study("--budget", "3", "--json").json(), "best single adapter");
        assertThat(single.path("tasks").asInt()).isEqualTo(1);
        assertThat(single.path("evaluations_mean").asInt()).isEqualTo(24);
        assertThat(single.path("loss_median").asDouble()).isPositive();
    }

    private static JsonNode row(JsonNode study, String name) {
        for (JsonNode row : study.at("/tables/0/rows")) {
            if (row.path("row").asText().equals(name)) return row;
        }
        throw new AssertionError("no row " + name);
    }

    @Test
    void an_interrupted_study_continues() throws Exception {
        String[] arguments = {"--budget", "2,3", "--rows", "random weights;random adapters", "--json"};
        String whole = study(arguments).out();
        List<String> lines = Files.readAllLines(results());
        assertThat(lines).hasSize(4);
        assertThat(study(arguments).err()).as("measured again").doesNotContain("draw 1");
        assertThat(study("--budget", "2,9", "--rows", "random weights", "--report")
                        .out())
                .contains("budget 2, 5", "random weights", "budget 9, 5")
                .containsOnlyOnce("random weights");

        String part = lines.get(3).substring(0, 40);
        Files.writeString(results(), String.join("\n", lines.subList(0, 3)) + "\n" + part);
        BenchLine again = study(arguments);

        assertThat(again.err().lines().filter(l -> l.contains("draw 1"))).hasSize(1);
        assertThat(withoutSeconds(again.out())).isEqualTo(withoutSeconds(whole));
        assertThat(Files.readAllLines(results())).hasSize(4);
    }

    private static String withoutSeconds(String json) {
        return json.replaceAll("\"seconds_median\":[0-9.E-]+", "");
    }

    @Test
    void a_line_that_is_no_result_is_named() throws Exception {
        Files.createDirectories(results().getParent());
        Files.writeString(results(), "{\"task\": 1\n");
        BenchLine line = study("--budget", "2");

        assertThat(line.exitCode()).isNotZero();
        assertThat(line.err()).contains("Line 1 of " + results() + " isn't a result of a study");
    }

    @Test
    void an_unknown_row_is_named() {
        BenchLine line = study("--rows", "margin");

        assertThat(line.exitCode()).isEqualTo(2);
        assertThat(line.err()).contains("There is no row \"margin\"; use any of base model; best single adapter;");
    }

    @Test
    void examples_and_candidates_vary_one_at_a_time_and_are_plotted() throws Exception {
        String[] arguments = {
            "--budget",
            "3,5",
            "--examples",
            "5,8",
            "--candidates",
            "24,4,26",
            "--rows",
            "greedy;best single adapter",
            "--plots",
            folder.resolve("plots").toString(),
            "--json"
        };
        JsonNode tables = study(arguments).json().path("tables");

        assertThat(tables.findValuesAsText("budget")).containsExactly("3", "5", "3", "3", "3");
        assertThat(tables.findValuesAsText("examples")).containsExactly("5", "5", "8", "5", "5");
        assertThat(tables.findValuesAsText("candidates")).containsExactly("24", "24", "24", "4", "26");
        assertThat(tables.at("/3/rows")).as("the best single of 4 candidates").hasSize(4);

        for (String plot : List.of("budget", "examples", "candidates")) {
            Document svg = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(folder.resolve("plots/words-%s.svg".formatted(plot)).toFile());
            assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
            assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
            assertThat(svg.getElementsByTagName("style").item(0).getTextContent())
                    .contains("prefers-color-scheme: dark");
        }
    }

    @Test
    void more_examples_than_a_task_has_are_named() {
        BenchLine line = study("--examples", "400", "--budget", "2", "--rows", "random weights");

        assertThat(line.exitCode()).isNotZero();
        assertThat(line.err()).contains("different examples, but 400 are wanted");
    }
}
