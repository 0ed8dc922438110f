package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.log.RunLog;
import io.lorahub.engine.optimize.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLogTest {

    private static final ObjectNode HEADER =
            new ObjectMapper().createObjectNode().put("lorahub", "1").put("seed", 42);
    private static final EvaluationRecord FIRST =
            new EvaluationRecord(1, 1, new Observation(new double[] {0.5}, 2, 1.5, null, null, null), 0.1);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\": \"something\"}\n", "a note\n", "a note", "\n", "[1]\n"})
    void a_file_that_is_no_log_is_said_to_be_none(String content) throws IOException {
        Path path = Files.writeString(folder.resolve("notes"), content);
        assertThatThrownBy(() -> RunLog.resume(path, HEADER))
                .hasMessage("The file %s isn't a log of lorahub compose.", path);
    }

    @Test
    void of_other_adapters_only_what_differs_is_said(@TempDir Path place) {
        Path path = place.resolve("run.jsonl");
        RunLog.create(path, header(24, "x")).close();
        assertThatThrownBy(() -> RunLog.resume(path, header(20, "y")))
                .hasMessage(
                        "The log %s belongs to another run. In the log, adapters: 24 of them with x20, x21, x22 and 1 more; in this run: 20 of them.",
                        path);
        assertThatThrownBy(() -> RunLog.resume(path, header(0, "x"))).hasMessageContaining("in this run: 0 of them");
    }

    /** A log of a version without layer groups, at a budget that has thirds of the layers by now. */
    @Test
    void the_layer_groups_of_the_log_are_said_as_an_option() {
        Path path = folder.resolve("run.jsonl");
        ObjectNode none = HEADER.deepCopy();
        none.putObject("settings").put("budget", 100);
        RunLog.create(path, none).close();
        ObjectNode thirds = none.deepCopy();
        thirds.withObject("/settings").put("layer_groups", "thirds");

        assertThatThrownBy(() -> RunLog.resume(path, thirds))
                .hasMessage(
                        "The log %s belongs to a run with one weight per adapter, but this run would have the layer groups thirds. Resume it with --layer-groups none.",
                        path);

        Path other = folder.resolve("thirds.jsonl");
        RunLog.create(other, thirds).close();
        assertThatThrownBy(() -> RunLog.resume(other, none))
                .hasMessageEndingWith("would have one weight per adapter. Resume it with --layer-groups thirds.");
    }

    @Test
    void a_setting_that_only_the_log_has_is_named() {
        Path path = folder.resolve("run.jsonl");
        ObjectNode patient = HEADER.deepCopy();
        patient.putObject("settings").put("budget", 100).put("patience", 8);
        RunLog.create(path, patient).close();
        ObjectNode header = HEADER.deepCopy();
        header.putObject("settings").put("budget", 100);
        assertThatThrownBy(() -> RunLog.resume(path, header))
                .hasMessageEndingWith("In the log, patience: 8; in this run: left out.");
    }

    /** Adapters; those from 20 on have another name. */
    private static ObjectNode header(int adapters, String other) {
        ObjectNode header = HEADER.deepCopy();
        ArrayNode names = header.putArray("adapters");
        for (int i = 0; i < adapters; i++) names.addObject().put("name", (i < 20 ? "same" : other) + i);
        return header;
    }

    @Test
    void two_runs_cannot_write_one_log_at_once() throws IOException {
        Path path = folder.resolve("run.jsonl");
        try (RunLog log = RunLog.create(path, HEADER)) {
            assertThatThrownBy(() -> RunLog.resume(path, HEADER))
                    .isInstanceOf(EngineException.class)
                    .hasMessage("Another run is writing the log %s; wait until it ends, or choose another name.", path);
            assertThatThrownBy(() -> RunLog.create(path, HEADER)).hasMessageStartingWith("Another run is writing");
            log.evaluated(List.of(FIRST), FIRST, 1);
        }
        try (RunLog log = RunLog.resume(path, HEADER)) {
            assertThat(log.earlier()).hasSize(1);
            assertThatThrownBy(() -> RunLog.resume(path, HEADER)).hasMessageStartingWith("Another run is writing");
        }
        assertThat(Files.readAllLines(path)).hasSize(2);
    }

    @Test
    void gradients_are_read_as_they_were_written() {
        Path path = folder.resolve("run.jsonl");
        float[][] ofExamples = {{0.1f, -2.5f}, {1e-7f, 3}};
        double[] mean = {0.05, 0.25};
        EvaluationRecord sloping = new EvaluationRecord(
                1, 3, new Observation(new double[] {0.5, 0}, 2, 1.5, new float[] {1, 2}, mean, ofExamples), 0.1);
        try (RunLog log = RunLog.create(path, HEADER)) {
            log.evaluated(List.of(sloping), sloping, 3);
            log.evaluated(List.of(FIRST), FIRST, 4);
        }
        try (RunLog log = RunLog.resume(path, HEADER)) {
            assertThat(log.earlier().get(0).exampleGradients()).isDeepEqualTo(ofExamples);
            assertThat(log.earlier().get(0).gradient()).isEqualTo(mean);
            assertThat(log.earlier().get(1).exampleGradients()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"lor", "{\"lorahub\":\"0.9\",\"base\":{\"fil"})
    void a_log_that_was_never_begun_is_begun(String left) throws IOException {
        Path path = Files.writeString(folder.resolve("run.jsonl"), left);
        assertThatThrownBy(() -> RunLog.resume(path, HEADER)).hasMessageEndingWith("is empty; start again with --log.");
        try (RunLog log = RunLog.create(path, HEADER)) {
            log.evaluated(List.of(FIRST), FIRST, 1);
        }
        assertThat(Files.readAllLines(path)).hasSize(2).first().isEqualTo(HEADER.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "{\"input\": \"a\", \"output\": \"b\"}", "{\"lorahub\":\"1\"}\n"})
    void any_other_file_is_left_alone(String content) throws IOException {
        Path path = Files.writeString(folder.resolve("run.jsonl"), content);
        assertThatThrownBy(() -> RunLog.create(path, HEADER)).hasMessageContaining("already exists");
        assertThat(path).hasContent(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "[1]", "{\"number\":1", "{\"number\":1,\"weights\":[0]} x"})
    void a_damaged_line_is_named(String line) throws IOException {
        Path path = Files.writeString(folder.resolve("run.jsonl"), HEADER + "\n" + line + "\n");
        assertThatThrownBy(() -> RunLog.resume(path, HEADER))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("is damaged at line 2");
    }

    @Test
    void only_a_file_can_be_a_log() {
        assertThatThrownBy(() -> RunLog.create(folder, HEADER)).hasMessageContaining("isn't a regular file");
        assertThatThrownBy(() -> RunLog.resume(Path.of("/dev/null"), HEADER))
                .hasMessageContaining("isn't a regular file");
    }

    /** In a process that can write files of only one block, as if the disk were full. */
    @Test
    void a_write_that_fails_leaves_nothing_half_written() throws Exception {
        Path path = folder.resolve("run.jsonl");
        assertThat(limited(path, "x".repeat(5_000))).contains("run.jsonl cannot be written: ");
        assertThat(path).doesNotExist();

        assertThat(limited(path, "x")).contains("run.jsonl cannot be written: ");
        assertThat(Files.readString(path)).endsWith("}\n");
        assertThat(Files.readAllLines(path)).hasSizeGreaterThan(1);
    }

    private static String limited(Path path, String version) throws Exception {
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -f 1; exec \"$@\" 2>&1",
                        "bash",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        path.toString(),
                        version)
                .start();
        return new String(process.getInputStream().readAllBytes());
    }

    /** Writes to a log endlessly. */
    static final class Writer {
        public static void main(String[] args) {
            ObjectNode header = new ObjectMapper().createObjectNode().put("lorahub", args[1]);
            try (RunLog log = RunLog.create(Path.of(args[0]), header)) {
                for (int i = 0; i < 10_000; i++) log.evaluated(List.of(FIRST), FIRST, 1);
            } catch (EngineException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
