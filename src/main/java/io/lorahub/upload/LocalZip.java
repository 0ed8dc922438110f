package io.lorahub.upload;

import io.lorahub.storage.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** An object as a file of this machine: itself if the store keeps it so, else a copy that goes when this is closed. */
record LocalZip(Path path, boolean isCopy) implements AutoCloseable {

    static LocalZip of(String key, ObjectStore store) {
        Optional<Path> local = store.localPath(key);
        return local.isPresent() ? new LocalZip(local.get(), false) : copy(key, store);
    }

    private static LocalZip copy(String key, ObjectStore store) {
        LocalZip copy = null;
        boolean done = false;
        try (InputStream in = store.open(key)) {
            copy = new LocalZip(Files.createTempFile("lorahub-", ".zip"), true);
            Files.copy(in, copy.path, StandardCopyOption.REPLACE_EXISTING);
            done = true;
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (copy != null && !done) copy.close();
        }
    }

    @Override
    public void close() {
        if (!isCopy) return;
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
