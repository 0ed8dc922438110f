package io.lorahub.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.ObjectStoreContract;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends ObjectStoreContract {

    @TempDir
    private Path temporary;

    private ObjectStore store;

    @BeforeEach
    void open() {
        store = new DirectoryStore(temporary.resolve("not/there/yet"));
    }

    @Override
    public ObjectStore store() {
        return store;
    }

    @Test
    void its_folder_is_closed_to_others() throws IOException {
        Path root = temporary.resolve("not/there/yet");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));

        new DirectoryStore(root);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                .isEqualTo("rwx------");
    }

    @Test
    void an_object_is_a_file() throws IOException {
        publish("hello", "notes/hello.txt");

        assertThat(store.localPath("notes/hello.txt").orElseThrow()).hasContent("hello");
        assertThat(store.localPath("notes/other.txt")).isEmpty();
        assertThat(store.localPath("notes")).isEmpty();
        assertThat(store.localPath("notes/hello.txt/more")).isEmpty();
        assertThat(store.stat("notes/hello.txt/more")).isEmpty();
    }

    @Test
    void another_process_finds_everything_again() throws IOException {
        publish("hello", "notes/hello.txt");
        StagedFile staged = stage("world");

        ObjectStore other = new DirectoryStore(temporary.resolve("not/there/yet"));
        other.publish(staged, "notes/world.txt");

        assertThat(read("notes/hello.txt")).isEqualTo("hello");
        assertThat(read("notes/world.txt")).isEqualTo("world");
    }

    @Test
    void foreign_files_in_the_folder_are_no_objects() throws IOException {
        publish("hello", "notes/hello.txt");
        Files.writeString(temporary.resolve("not/there/yet/notes/.DS_Store"), "x");
        Files.writeString(temporary.resolve("not/there/yet/Read Me"), "x");

        assertThat(keys("")).containsExactly("notes/hello.txt");
    }

    @Test
    void a_file_where_the_folder_should_be_is_told() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "x");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> new DirectoryStore(file))
                .withMessageContaining(file.toString());
    }

    @Test
    void a_folder_that_cannot_be_written_to_fails_the_check() throws IOException {
        Path staging = temporary.resolve("not/there/yet/staging");
        Files.delete(staging);
        Files.writeString(staging, "a file where the folder was");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(store::check)
                .withMessageContaining("check that it is writable");
    }
}
