package io.lorahub.engine.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder of files, without folders in it, that is gone when it is closed. Only this user may look into it. */
record TemporaryFolder(Path path) implements AutoCloseable {

    static TemporaryFolder createIn(Path parent) throws IOException {
        return new TemporaryFolder(Files.createTempDirectory(parent, "lorahub-adapter-"));
    }

    /** Deleting it twice is no fault. */
    @Override
    public void close() {
        try {
            for (Path file : files()) Files.deleteIfExists(file);
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new CheckpointException("The temporary folder %s cannot be deleted.".formatted(path), e);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
