package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.composition.model.WorkerConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WorkerTempFoldersTest {

    @TempDir
    Path cache;

    private WorkerTempFolders folders() {
        return new WorkerTempFolders(new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(WorkerConfig.class)
                .withDefaultValue("lorahub.worker.cache", cache.toString())
                .build()
                .getConfigMapping(WorkerConfig.class));
    }

    @Test
    void folders_of_workers_that_are_gone_are_swept_and_those_of_others_stay() throws Exception {
        Path killed = Files.createDirectories(cache.resolve("process-1").resolve("run-1"));
        Files.createFile(killed.resolveSibling(".lock"));
        Path starting = Files.createDirectories(cache.resolve("process-2"));
        Path files = Files.createDirectories(cache.resolve("files"));
        Path earlier = Files.createDirectories(cache.resolve("trial-7"));
        Files.setLastModifiedTime(earlier, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        WorkerTempFolders other = folders();
        Path used = other.folder("run-");

        folders().sweep();

        assertThat(killed.getParent()).doesNotExist();
        assertThat(earlier).doesNotExist();
        assertThat(used).exists();
        assertThat(starting).exists();
        assertThat(files).exists();
        other.stop(new ShutdownEvent());
        assertThat(used).doesNotExist();
    }

    /** The kernel's list has the locks of POSIX as "… POSIX ADVISORY WRITE pid device:device:inode …". */
    @Test
    @EnabledOnOs(OS.LINUX)
    void its_own_sweep_keeps_the_lock() throws Exception {
        WorkerTempFolders folders = folders();
        Path lock = folders.folder("run-").resolveSibling(".lock");
        String inode = ":" + Files.getAttribute(lock, "unix:ino") + " ";

        folders.sweep();

        assertThat(Files.readAllLines(Path.of("/proc/locks")))
                .anySatisfy(line -> assertThat(line).contains("POSIX").contains(inode));
        folders.stop(new ShutdownEvent());
    }
}
