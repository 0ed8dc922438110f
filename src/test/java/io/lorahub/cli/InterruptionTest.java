package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In processes of their own, for the signals. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class InterruptionTest {

    private static final String[] LONG_RUN = {"compose", "--demo", "un-past", "--optimizer", "random", "--json"};

    @TempDir
    Path folder;

    @Test
    void a_signal_ends_the_search_and_what_was_found_is_written() throws Exception {
        Path merged = folder.resolve("merged");
        Process process = start("--budget", "1000000", "--out", merged.toString());
        awaitEvaluation(process); // at the base model
        awaitEvaluation(process); // better than that
        process.toHandle().destroy();
        JsonNode json = new ObjectMapper().readTree(process.getInputStream());
        assertThat(process.waitFor()).as(rest(process)).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(json.get("interrupted").booleanValue()).isTrue();
        assertThat(json.get("weights").size()).isEqualTo(24);
        assertThat(json.get("evaluations").intValue()).isBetween(1, 999_999);
        assertThat(json.get("controls").get("base").get("loss").isNumber()).isTrue();
        assertThat(json.get("verdict").textValue())
                .startsWith("Interrupted after ")
                .endsWith("The held-out examples were not decoded.");
        assertThat(merged.resolve("adapter_model.safetensors")).isRegularFile();
    }

    @Test
    void a_signal_while_the_controls_are_evaluated_leaves_what_is_known_of_them() throws Exception {
        Path heldOut = folder.resolve("held-out.jsonl");
        java.nio.file.Files.write(
                heldOut, java.util.Collections.nCopies(20_000, "{\"input\": \"lock\", \"output\": \"unlocked\"}"));
        Process process = start("--budget", "1", "--held-out", heldOut.toString());
        awaitEvaluation(process);
        process.toHandle().destroy();
        JsonNode json = new ObjectMapper().readTree(process.getInputStream());
        assertThat(process.waitFor()).as(rest(process)).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(json.get("interrupted").booleanValue()).isTrue();
        assertThat(json.get("controls").get("base").get("loss").isNumber()).isTrue();
        assertThat(json.get("verdict").textValue()).startsWith("Interrupted after ");
    }

    @Test
    void a_killed_run_leaves_a_log_to_go_on_from() throws Exception {
        Path log = folder.resolve("run.jsonl");
        Process process = start("--budget", "1000000", "--log", log.toString());
        awaitEvaluation(process);
        process.toHandle().destroyForcibly();
        process.waitFor();
        Process resumed = start("--budget", "1000000", "--resume", log.toString());
        awaitEvaluation(resumed);
        resumed.toHandle().destroy();
        JsonNode json = new ObjectMapper().readTree(resumed.getInputStream());
        assertThat(resumed.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(java.nio.file.Files.readAllLines(log))
                .hasSize(json.get("evaluations").intValue() + 1)
                .filteredOn(Predicate.isEqual(""))
                .isEmpty();
    }

    private static Process start(String... more) throws IOException {
        java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(java.util.List.of(LONG_RUN));
        command.addAll(java.util.List.of(more));
        return new ProcessBuilder(command).start();
    }

    private static String rest(Process process) {
        return process.errorReader().lines().collect(java.util.stream.Collectors.joining("\n"));
    }

    private static void awaitEvaluation(Process process) throws IOException {
        BufferedReader err = process.errorReader();
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            if (line.startsWith("evaluation ")) return;
        }
        throw new AssertionError("The process ended before its first evaluation.");
    }
}
