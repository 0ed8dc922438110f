package io.lorahub.uploadcheck;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.childprocess.ChildAbortedException;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.childprocess.ChildProgram;
import io.lorahub.engine.checkpoint.SharedStorage;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.testsupport.Reference;
import java.io.File;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that read untrusted files, really started and ended. */
class CheckProcessesTest {

    private static final ChildProgram PROGRAM = new ChildProgram(CheckMain.class, 24 << 20, OptionalLong.empty());

    private static final Duration LONG = Duration.ofMinutes(2);

    private final ChildProcesses processes = new ChildProcesses();

    @TempDir
    Path dir;

    @AfterEach
    void stop() {
        processes.stop(null);
    }

    @Test
    void several_checks_are_answered_by_one_process() {
        CheckResponse first = check(anAdapter().in(dir, "one"));
        ProcessHandle process = processes.handles().get(0);
        CheckResponse second = check(anAdapter().seeded(2).in(dir, "two"));

        assertThat(first.checkup().checks()).extracting(CheckResult::state).doesNotContain(CheckResult.State.FAILED);
        assertThat(first.checkup().fingerprint()).isPresent();
        assertThat(first.sha256()).containsOnlyKeys("adapter_config.json", "adapter_model.safetensors");
        assertThat(second.sha256()).isNotEqualTo(first.sha256());
        assertThat(processes.handles()).containsExactly(process);
    }

    @Test
    void files_that_take_all_memory_end_their_process_and_the_next_check_gets_another() {
        Path large = anAdapter().ofShape(3_000_000, 2).in(dir, "large");

        assertThatThrownBy(() -> check(large))
                .isInstanceOfSatisfying(
                        ChildAbortedException.class,
                        e -> assertThat(e.reason()).isEqualTo(ChildAbortedException.Reason.MEMORY));

        assertThat(processes.handles()).isEmpty();
        assertThat(check(anAdapter().in(dir, "small")).checkup().fingerprint()).isPresent();
    }

    /** A model of F16, which takes twice the size of its file in libtorch's memory. */
    @Test
    void native_memory_beyond_its_limit_ends_a_process_and_nothing_else() throws Exception {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "Only Linux has this limit.");
        ModelCheckRequest model = new ModelCheckRequest(zeros().toString());

        assertThatThrownBy(() -> processes.ask(ofModels(350), model, ModelCheckResponse.class, LONG, () -> true))
                .isInstanceOfSatisfying(
                        ChildAbortedException.class,
                        e -> assertThat(e.reason()).isEqualTo(ChildAbortedException.Reason.MEMORY));

        ModelCheckResponse answer = processes.ask(ofModels(1500), model, ModelCheckResponse.class, LONG, () -> true);
        assertThat(answer.findings()).isEmpty();
        assertThat(answer.facts().parameters()).isGreaterThan(100_000_000);
        assertThat(processes.handles()).as("none is used again").isEmpty();
    }

    private static ChildProgram ofModels(long megabytes) {
        return new ChildProgram(ModelCheckMain.class, 64 << 20, OptionalLong.of(megabytes << 20));
    }

    /** The tiny Llama model with larger layers of zeros, which take no space on the disk. */
    private Path zeros() throws Exception {
        Path folder = dir.resolve("zeros");
        FileUtils.copyDirectory(Reference.path("causal/models/llama").toFile(), folder.toFile());
        ObjectMapper json = new ObjectMapper();
        ObjectNode config =
                (ObjectNode) json.readTree(folder.resolve("config.json").toFile());
        config.put("hidden_size", 1024).put("intermediate_size", 4096).put("num_hidden_layers", 6);
        config.put("num_attention_heads", 16).put("num_key_value_heads", 16).put("head_dim", 64);
        Files.write(folder.resolve("config.json"), json.writeValueAsBytes(config));
        ObjectNode header = json.createObjectNode();
        long end = 0;
        for (var tensor : ModelFamilies.of(config).shapes().entrySet()) {
            ObjectNode info = header.putObject(tensor.getKey()).put("dtype", "F16");
            info.putPOJO("shape", tensor.getValue());
            long bytes = 2 * Arrays.stream(tensor.getValue()).reduce(1, Math::multiplyExact);
            info.putArray("data_offsets").add(end).add(end + bytes);
            end += bytes;
        }
        byte[] text = json.writeValueAsBytes(header);
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            file.setLength(0);
            file.writeLong(Long.reverseBytes(text.length));
            file.write(text);
            file.setLength(Long.BYTES + text.length + end);
        }
        return folder;
    }

    @Test
    void a_check_that_nobody_waits_for_ends_with_its_process() throws Exception {
        check(anAdapter().in(dir, "first"));
        ProcessHandle process = processes.handles().get(0);
        hang(process);
        AtomicInteger asked = new AtomicInteger();

        assertThatThrownBy(() -> check(anAdapter().in(dir, "second"), LONG, () -> asked.incrementAndGet() < 3))
                .isInstanceOfSatisfying(
                        ChildAbortedException.class,
                        e -> assertThat(e.reason()).isEqualTo(ChildAbortedException.Reason.NOT_NEEDED));

        process.onExit().get(1, TimeUnit.MINUTES);
    }

    @Test
    void a_check_beyond_its_deadline_ends_with_its_process() throws Exception {
        check(anAdapter().in(dir, "first"));
        ProcessHandle process = processes.handles().get(0);
        hang(process);

        assertThatThrownBy(() -> check(anAdapter().in(dir, "second"), Duration.ofMillis(300), () -> true))
                .isInstanceOfSatisfying(
                        ChildAbortedException.class,
                        e -> assertThat(e.reason()).isEqualTo(ChildAbortedException.Reason.TIME));

        process.onExit().get(1, TimeUnit.MINUTES);
    }

    @Test
    void a_check_that_gets_no_processor_for_longer_than_its_deadline_is_not_ended() throws Exception {
        check(anAdapter().in(dir, "first"));
        ProcessHandle process = processes.handles().get(0);
        signal("STOP", process);
        Duration deadline = Duration.ofSeconds(2);
        long start = System.nanoTime();
        BooleanSupplier goesOnLater = () -> {
            if (System.nanoTime() - start > deadline.toNanos()) signal("CONT", process);
            return true;
        };

        CheckResponse answer = check(anAdapter().in(dir, "second"), deadline, goesOnLater);

        assertThat(answer.sha256()).isNotEmpty();
    }

    @Test
    void a_process_ends_when_the_hub_is_gone() throws Exception {
        Process process = new ProcessBuilder(ChildProcesses.command(PROGRAM)).start();

        process.getOutputStream().close();

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void the_end_of_the_hub_ends_all() throws Exception {
        check(anAdapter().in(dir, "one"));
        ProcessHandle process = processes.handles().get(0);

        processes.stop(null);

        process.onExit().get(1, TimeUnit.MINUTES);
    }

    @Test
    void a_check_that_the_end_of_the_hub_ends_is_nobodys_fault() throws Exception {
        check(anAdapter().in(dir, "first"));
        ProcessHandle process = processes.handles().get(0);
        hang(process);
        CompletableFuture<CheckResponse> answer = CompletableFuture.supplyAsync(
                () -> check(anAdapter().in(dir, "second")),
                // the common pool may be busy with what other tests left
                command -> new Thread(command).start());
        await().atMost(Duration.ofMinutes(1)).until(() -> processes.isBusy(process));

        processes.stop(null);

        assertThatThrownBy(() -> answer.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(ChildAbortedException.class)
                .extracting(e -> ((ChildAbortedException) e.getCause()).reason())
                .isEqualTo(ChildAbortedException.Reason.SHUTDOWN);
    }

    @Test
    void the_packaged_program_is_found_beside_its_starter() {
        String jar = dir.resolve("quarkus-run.jar").toString();

        assertThat(ChildProcesses.classPath(jar).split(File.pathSeparator))
                .containsExactly(dir + "/app/*", dir + "/lib/main/*", dir + "/lib/boot/*");
        assertThat(ChildProcesses.classPath("a.jar" + File.pathSeparator + "b.jar"))
                .isEqualTo("a.jar" + File.pathSeparator + "b.jar");
    }

    @Test
    void tensors_that_share_numbers_do_not_fill_the_disk() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("shared"));
        Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 1}");
        SharedStorage.write(folder.resolve("adapter_model.bin"), 500, 20_000);

        CheckResponse answer = check(folder);

        assertThat(answer.converted()).isFalse();
        assertThat(answer.checks())
                .flatExtracting(CheckResult::findings)
                .extracting("code")
                .contains("conversion-too-large");
        assertThat(folder.resolve("adapter_model.safetensors")).doesNotExist();
    }

    private CheckResponse check(Path folder) {
        return check(folder, LONG, () -> true);
    }

    private CheckResponse check(Path folder, Duration deadline, BooleanSupplier needed) {
        CheckRequest request = new CheckRequest(folder.toString(), null, "There is none.");
        return processes.ask(PROGRAM, request, CheckResponse.class, deadline, needed);
    }

    /** As a process does that computes for ever. */
    static void hang(ProcessHandle process) {
        signal("STOP", process);
    }

    private static void signal(String name, ProcessHandle process) {
        assertThatCode(() -> new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .doesNotThrowAnyException();
    }
}
