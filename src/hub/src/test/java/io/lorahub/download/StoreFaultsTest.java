package io.lorahub.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In a folder. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class StoreFaultsTest extends StoreFaultsContract {

    StoreFaultsTest(ObjectStore store, Blobs blobs, Hub hub, PublishedFiles files, Sweep sweep, Scrub scrub) {
        super(store, blobs, hub, files, sweep, scrub);
    }

    @Test
    void a_file_that_is_changed_in_place_is_noticed_where_it_was_placed_before() throws IOException {
        Map<String, String> hashes = Map.of("weights", sha256);
        blobs.place(hashes, folder);
        assertThat(blobs.areSound(hashes, folder)).isTrue();
        try (RandomAccessFile file =
                new RandomAccessFile(store.localPath(key()).orElseThrow().toFile(), "rw")) {
            file.seek(1000);
            file.write(weights[1000] ^ 1);
        }

        assertThat(blobs.areSound(hashes, folder)).isFalse();
        Files.delete(folder.resolve("weights"));
        assertThatExceptionOfType(DamagedObjectException.class).isThrownBy(() -> blobs.place(hashes, folder));
    }

    /** As a disk does it: nothing else about the file changes. */
    @Test
    void a_file_that_the_scrub_found_damaged_is_not_trusted_as_one_that_was_read_before() throws IOException {
        Map<String, String> hashes = Map.of("weights", sha256);
        blobs.place(hashes, folder);
        Path file = store.localPath(key()).orElseThrow();
        FileTime modified = Files.getLastModifiedTime(file);
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.seek(1000);
            content.write(weights[1000] ^ 1);
        }
        Files.setLastModifiedTime(file, modified);
        assertThat(blobs.areSound(hashes, folder)).isTrue();

        scrub();

        assertThat(blobs.areSound(hashes, folder)).isFalse();
        Files.delete(folder.resolve("weights"));
        assertThatExceptionOfType(DamagedObjectException.class).isThrownBy(() -> blobs.place(hashes, folder));
    }
}
