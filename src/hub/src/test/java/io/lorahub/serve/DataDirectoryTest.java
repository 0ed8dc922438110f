package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {

    @TempDir
    Path folder;

    @Test
    void it_is_made_for_its_owner_alone() throws IOException {
        Path path = folder.resolve("a/b");
        try (DataDirectory data = DataDirectory.open(path)) {
            assertThat(data.path()).isEqualTo(path);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"objects", "lorahub.lock"})
    void one_that_others_could_read_is_closed_to_them(String content) throws IOException {
        Path path = Files.createDirectory(folder.resolve("open"));
        Files.createDirectories(path.resolve("log"));
        if (content.equals("objects")) Files.createDirectory(path.resolve(content));
        else Files.createFile(path.resolve(content));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(path.resolve("log"), PosixFilePermissions.fromString("rwxr-xr-x"));

        try (DataDirectory data = DataDirectory.open(path)) {
            assertThat(permissions(path)).isEqualTo("rwx------");
            assertThat(permissions(data.folder("log"))).isEqualTo("rwx------");
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        DataDirectory.shared(path).close();
        assertThat(permissions(path)).isEqualTo("rwx------");
    }

    /** Such as /tmp, given by mistake. */
    @Test
    void a_directory_of_other_things_stays_open_but_what_is_made_in_it_is_not() throws IOException {
        Files.createFile(folder.resolve("of somebody else"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

        try (DataDirectory data = DataDirectory.open(folder)) {
            assertThat(permissions(folder)).isEqualTo("rwxr-xr-x");
            assertThat(permissions(data.folder("log"))).isEqualTo("rwx------");
        }
        DataDirectory.open(folder).close(); // once more, with what the first one left
        assertThat(permissions(folder)).isEqualTo("rwxr-xr-x");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_second_server_is_refused_until_the_first_ends() {
        try (DataDirectory first = DataDirectory.open(folder)) {
            assertThat(first.path()).isEqualTo(folder);
            assertThatThrownBy(() -> DataDirectory.open(folder))
                    .isInstanceOf(ServeException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("name another directory with --data");
        }
        DataDirectory.open(folder).close();
    }

    @Test
    void a_file_in_its_place_is_named() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(ServeException.class)
                .hasMessageContaining(file.toString());
    }
}
