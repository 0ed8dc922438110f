package io.lorahub.bench.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

class ReleaseFilesTest {

    private static final ReleaseFiles FILES = new ReleaseFiles(Instant.parse("2026-11-30T00:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void the_same_files_give_the_same_bytes() throws IOException {
        Path first = program("first", "rw-------", "b", "a");
        Path second = program("second", "rw-r--r--", "a", "b");
        Files.setLastModifiedTime(second.resolve("a"), FileTime.fromMillis(0));
        TimeZone here = TimeZone.getDefault();

        try {
            FILES.tar(first, folder.resolve("first.tar.xz"));
            FILES.zip(first, folder.resolve("first.zip"));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
            FILES.tar(second, folder.resolve("second.tar.xz"));
            FILES.zip(second, folder.resolve("second.zip"));
        } finally {
            TimeZone.setDefault(here);
        }

        for (String end : List.of("tar.xz", "zip")) {
            assertThat(folder.resolve("second." + end)).hasSameBinaryContentAs(folder.resolve("first." + end));
        }
    }

    @Test
    void programs_can_be_run_and_links_stay_links() throws IOException {
        Path program = program("program", "rw-r-----", "a");
        Files.setPosixFilePermissions(program.resolve("a"), PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(program.resolve("link"), Path.of("a"));

        FILES.tar(program, folder.resolve("program.tar.xz"));

        List<String> entries = new ArrayList<>();
        try (InputStream in = Files.newInputStream(folder.resolve("program.tar.xz"));
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.add("%s %o %s %s %s"
                        .formatted(
                                entry.getName(),
                                entry.getMode() & 0777,
                                entry.getLinkName(),
                                entry.getUserName(),
                                entry.getLastModifiedTime()));
            }
        }
        assertThat(entries)
                .containsExactly(
                        "lorahub/ 755  root 2026-11-30T00:00:00Z",
                        "lorahub/a 755  root 2026-11-30T00:00:00Z",
                        "lorahub/link 777 a root 2026-11-30T00:00:00Z");
    }

    private Path program(String name, String rights, String... files) throws IOException {
        Path program = Files.createDirectories(folder.resolve(name).resolve("lorahub"));
        for (String file : files) {
            Path path = Files.writeString(program.resolve(file), file.repeat(1000));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
        }
        return program;
    }
}
