package io.lorahub.engine.lora.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {

    @TempDir
    Path dir;

    @Test
    void a_new_folder_appears_with_its_parents() {
        Path target = dir.resolve("a/b/c");
        AtomicFolder.write(target, false, f -> Files.writeString(f.resolve("x"), "1"));
        assertThat(target.resolve("x")).hasContent("1");
        assertThat(target.getParent()).isDirectoryNotContaining("glob:**/.*");
    }

    /** Starts writing a folder and never finishes. */
    static final class Endless {
        public static void main(String[] args) {
            AtomicFolder.write(Path.of(args[0]), false, folder -> {
                Files.createDirectories(folder.resolve("fused"));
                Files.writeString(folder.resolve("fused/model.safetensors"), "half");
                System.out.println("writing");
                while (System.in.read() >= 0) {}
            });
        }
    }

    @Test
    void a_program_that_is_ended_meanwhile_leaves_nothing() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Endless.class.getName(),
                        dir.resolve("target").toString())
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("writing");
        process.toHandle().destroy();
        process.waitFor();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void an_empty_folder_is_filled() throws IOException {
        Path target = Files.createDirectory(dir.resolve("empty"));
        AtomicFolder.write(target, false, f -> Files.writeString(f.resolve("x"), "1"));
        assertThat(target.resolve("x")).hasContent("1");
    }

    @Test
    void a_folder_that_is_not_empty_is_refused_and_left_alone() throws IOException {
        Path target = filled();
        assertThatThrownBy(() -> AtomicFolder.write(target, false, f -> Files.writeString(f.resolve("x"), "1")))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll(target.toString(), "not empty");
        assertThat(target).isDirectoryContaining("glob:**/old").isDirectoryNotContaining("glob:**/x");
    }

    @Test
    void files_written_by_another_program_meanwhile_are_kept() throws IOException {
        Path target = dir.resolve("target");
        assertThatThrownBy(() -> AtomicFolder.write(target, false, f -> {
                    Files.writeString(f.resolve("x"), "1");
                    Files.writeString(Files.createDirectory(target).resolve("old"), "0");
                }))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll(target.toString(), "not empty");
        assertThat(target).isDirectoryContaining("glob:**/old").isDirectoryNotContaining("glob:**/x");
        assertThat(dir).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void it_is_replaced_where_that_was_asked_for() throws IOException {
        Path target = filled();
        AtomicFolder.write(target, true, f -> Files.writeString(f.resolve("x"), "1"));
        assertThat(target).isDirectoryContaining("glob:**/x").isDirectoryNotContaining("glob:**/old");
        assertThat(dir).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void after_a_failure_nothing_is_left_and_the_old_folder_stays() throws IOException {
        Path target = filled();
        assertThatThrownBy(() -> AtomicFolder.write(target, true, f -> {
                    Files.writeString(f.resolve("x"), "1");
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll(target.toString(), "No space left on device");
        assertThat(target).isDirectoryContaining("glob:**/old").isDirectoryNotContaining("glob:**/x");
        assertThat(dir).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void a_file_in_the_place_is_refused() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "mine");
        assertThatThrownBy(() -> AtomicFolder.write(file, true, f -> {}))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("is a file");
        assertThat(file).hasContent("mine");
    }

    private Path filled() throws IOException {
        Path target = Files.createDirectory(dir.resolve("filled"));
        Files.writeString(target.resolve("old"), "0");
        return target;
    }
}
