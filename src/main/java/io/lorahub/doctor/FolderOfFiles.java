package io.lorahub.doctor;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** Stored files as a folder of this machine, until it is closed. They must not be written to. */
record FolderOfFiles(Path path) implements AutoCloseable {

    /** @param files SHA-256 by name */
    static FolderOfFiles of(Map<String, String> files, Blobs blobs) throws IOException {
        FolderOfFiles folder = new FolderOfFiles(Scratch.folder("check"));
        boolean done = false;
        try {
            blobs.place(files, folder.path);
            done = true;
            return folder;
        } finally {
            if (!done) folder.close();
        }
    }

    /** Of all its files. */
    long bytes() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Override
    public void close() {
        FileUtils.deleteQuietly(path.toFile());
    }
}
