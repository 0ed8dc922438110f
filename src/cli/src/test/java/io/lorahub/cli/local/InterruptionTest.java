package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.lorahub.cli.Main;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void ctrl_c_does_not_wait_for_the_evaluation_under_way_if_nothing_is_to_be_written() throws Exception {
        String input = "lock ".repeat(200).strip();
        Path examples = folder.resolve("few.jsonl"); // as many as are computed at once
        Files.write(
                examples, Collections.nCopies(128, "{\"input\": \"%s\", \"output\": \"unlocked\"}".formatted(input)));
        Process process = java(
                "-XX:+UseSerialGC",
                "compose",
                "--demo",
                "un-past",
                "--optimizer",
                "random",
                "--budget",
                "1000",
                "--examples",
                examples.toString(),
                "--json");
        awaitEvaluation(process);
        interrupt(process);
        JsonNode json = new ObjectMapper().readTree(process.getInputStream());
        assertThat(process.waitFor()).as(rest(process)).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(json.get("interrupted").booleanValue()).isTrue();
        assertThat(json.get("weights").size()).isEqualTo(24);
        // The second evaluation takes several seconds; if the command had waited for it, it would be counted.
        assertThat(json.get("verdict").textValue()).startsWith("Interrupted after 1 of 1000 evaluations.");
    }

    private static void interrupt(Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void a_signal_while_the_controls_are_evaluated_leaves_what_is_known_of_them() throws Exception {
        Path heldOut = folder.resolve("held-out.jsonl");
        Files.write(heldOut, Collections.nCopies(20_000, "{\"input\": \"lock\", \"output\": \"unlocked\"}"));
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
        assertThat(Files.readAllLines(log))
                .hasSize(json.get("evaluations").intValue() + 1)
                .filteredOn(Predicate.isEqual(""))
                .isEmpty();
    }

    @Test
    void a_signal_while_adapters_are_loaded_ends_at_once_and_leaves_no_temporary_files() throws Exception {
        Path adapters = Files.createDirectory(folder.resolve("adapters"));
        Path un = DemoHub.open().adaptersFolder().resolve("un");
        Path zip = adapters.resolve("adapter-0.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
                out.putNextEntry(new ZipEntry(name));
                Files.copy(un.resolve(name), out);
            }
        }
        for (int i = 1; i < 500; i++) Files.copy(zip, adapters.resolve("adapter-" + i + ".zip"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path merged = folder.resolve("merged");
        Process process = java(
                "-Djava.io.tmpdir=" + temporary,
                "compose",
                "--adapters",
                adapters.toString(),
                "--examples",
                DemoHub.open().task("un-past").fewShotFile(1).toString(),
                "--out",
                merged.toString());
        await().atMost(Duration.ofMinutes(1)).until(() -> unpacked(temporary) > 0);
        process.toHandle().destroy();
        assertThat(process.waitFor()).as(rest(process)).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(unpacked(temporary)).isZero();
        assertThat(merged).doesNotExist();
        assertThat(process.inputReader().lines()).isEmpty();
    }

    @Test
    void a_signal_in_the_middle_of_a_computation_that_cannot_be_stopped_ends_the_command() throws Exception {
        Path many = folder.resolve("many.jsonl");
        Files.write(many, Collections.nCopies(20_000, "{\"input\": \"lock\", \"output\": \"unlocked\"}"));
        Process process = java(
                "-XX:ErrorFile=" + folder.resolve("crash.log"),
                "evaluate",
                "--demo",
                "un-past",
                "--adapter",
                "un=1",
                "--examples",
                many.toString());
        Path maps = Path.of("/proc", Long.toString(process.pid()), "maps");
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.readString(maps).contains("libtorch_cpu"));
        Duration loaded = computed(process);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> computed(process).minus(loaded).toMillis() > 1_000); // of much more
        process.toHandle().destroy();
        assertThat(process.waitFor()).as(rest(process)).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(folder.resolve("crash.log")).doesNotExist();
        assertThat(process.inputReader().lines()).isEmpty();
    }

    private static Duration computed(Process process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static long unpacked(Path temporary) {
        return Stream.of(temporary.toFile().list())
                .filter(name -> name.startsWith("lorahub-adapter-"))
                .count();
    }

    /** Whichever answer of the hub is awaited. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        POST | If the hub has started the run, lorahub runs list shows it.
        GET  | Follow it again with lorahub runs watch 7, or end it with lorahub runs cancel 7.
        """)
    void a_signal_while_a_hub_does_not_answer_says_what_becomes_of_the_run(String method, String sentence)
            throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        HttpServer hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", exchange -> {
            if (exchange.getRequestMethod().equals(method)) {
                asked.countDown();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            byte[] run = "{\"id\": \"7\", \"page\": \"/runs/7\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, run.length);
            exchange.getResponseBody().write(run);
            exchange.close();
        });
        hub.start();
        try {
            Process process = java(
                    "-XX:+UseSerialGC",
                    "compose",
                    "--remote",
                    "--server",
                    "http://localhost:" + hub.getAddress().getPort(),
                    "--demo",
                    "un-past");
            asked.await();
            process.toHandle().destroy();
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue(); // sooner than the answer is given up
            assertThat(process.exitValue()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(rest(process)).contains(sentence);
        } finally {
            over.countDown();
            hub.stop(0);
        }
    }

    private static Process start(String... more) throws IOException {
        return java(
                "-XX:+UseSerialGC",
                Stream.of(LONG_RUN, more).flatMap(Stream::of).toArray(String[]::new));
    }

    private static Process java(String option, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT", // which a shell's background jobs ignore
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).start();
    }

    private static String rest(Process process) {
        return process.errorReader().lines().collect(Collectors.joining("\n"));
    }

    private static void awaitEvaluation(Process process) throws IOException {
        BufferedReader err = process.errorReader();
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            if (line.startsWith("evaluation ")) return;
        }
        throw new AssertionError("The process ended before its first evaluation.");
    }
}
