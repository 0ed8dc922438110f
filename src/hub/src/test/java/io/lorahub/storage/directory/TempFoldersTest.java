package io.lorahub.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TempFoldersTest {

    @TempDir
    Path parent;

    @Test
    void folders_of_ended_processes_are_swept_and_no_others() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path left = folder("lorahub-check-%d-123".formatted(ended.pid()));
        Path old = folder("lorahub-check-8877665544332211");
        Path fetched = folder("lorahub-import-2f0c1d3e-6b1a-4c55-9d0e-6f1f9a7d0b11");
        Path own =
                folder("lorahub-check-%d-456".formatted(ProcessHandle.current().pid()));
        Path sameNumber =
                folder("lorahub-zip-%d-789".formatted(ProcessHandle.current().pid()));
        Files.setLastModifiedTime(sameNumber, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        Path other = folder("lorahub-bench-1-2");

        new TempFolders(parent).sweep();

        assertThat(left).doesNotExist();
        assertThat(old).doesNotExist();
        assertThat(fetched).doesNotExist();
        assertThat(own).isNotEmptyDirectory();
        assertThat(sameNumber)
                .as("of the process with this number before a restart")
                .doesNotExist();
        assertThat(other).isNotEmptyDirectory();
    }

    @Test
    void a_link_of_such_a_name_is_not_followed() throws IOException {
        Path precious = folder("precious");
        Path link = Files.createSymbolicLink(parent.resolve("lorahub-check-1"), precious);
        Path inside = folder("lorahub-check-2");
        Files.createSymbolicLink(inside.resolve("deep"), precious);

        new TempFolders(parent).sweep();

        assertThat(precious).isNotEmptyDirectory();
        assertThat(link).isSymbolicLink();
        assertThat(inside).doesNotExist();
    }

    @Test
    void a_folder_is_named_by_its_process() throws IOException {
        Path made = TempFolders.folder("check");
        assertThat(made.getFileName().toString())
                .startsWith("lorahub-check-" + ProcessHandle.current().pid() + "-");
        FileUtils.deleteQuietly(made.toFile());
    }

    private Path folder(String name) throws IOException {
        Path folder = Files.createDirectory(parent.resolve(name));
        Files.write(folder.resolve("adapter_config.json"), new byte[10]);
        return folder;
    }
}
