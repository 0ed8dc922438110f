package io.lorahub.engine.checkpoint;

import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder that is gone with all that is in it when it is closed, or when the program ends before that, as by Ctrl-C. Only
 * this user may look into it.
 */
public record TemporaryFolder(Path path) implements AutoCloseable {

    private static final Set<TemporaryFolder> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(TemporaryFolder::abandon)));
    }

    public static TemporaryFolder createIn(Path parent, String prefix) throws IOException {
        TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(parent, prefix));
        OPEN.add(folder);
        return folder;
    }

    /** What has been moved elsewhere meanwhile stays there. Deleting it twice is no fault. */
    @Override
    public void close() {
        try {
            delete(path);
            OPEN.remove(this);
        } catch (IOException e) {
            throw new CheckpointException(
                    "The temporary folder %s cannot be deleted: %s.".formatted(path, EngineException.reason(e)), e);
        }
    }

    /** Whoever fills it may still be at it. */
    private void abandon() {
        for (int i = 0; i < 10 && Files.exists(path); i++) {
            try {
                delete(path);
            } catch (IOException e) {
                // something came meanwhile
            }
        }
    }

    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> paths = Files.walk(folder)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) Files.deleteIfExists(path);
        }
    }
}
