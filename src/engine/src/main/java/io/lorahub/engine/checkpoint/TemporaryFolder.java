package io.lorahub.engine.checkpoint;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder that is deleted with its contents when it is closed, or when the program ends before that, for example with
 * Ctrl-C. Only the current user can access it.
 */
public record TemporaryFolder(Path path) implements AutoCloseable {

    /** Name of the thread that deletes at exit. */
    public static final String HOOK = "temporary-folders";

    private static final Set<TemporaryFolder> OPEN = new HashSet<>();
    private static volatile Runnable beforeDeletion = () -> {};
    private static volatile Runnable afterLastDeletion = () -> {};

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(TemporaryFolder::deleteAll, HOOK));
    }

    public static TemporaryFolder createIn(Path parent, String prefix) throws IOException {
        synchronized (OPEN) {
            TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(parent, prefix));
            OPEN.add(folder);
            return folder;
        }
    }

    /** What the program does when it ends, before it deletes the folders that are open. */
    public static void beforeDeletion(Runnable action) {
        beforeDeletion = action;
    }

    /** What the program does when it ends, after it has deleted the folders that are open. */
    public static void afterLastDeletion(Runnable action) {
        afterLastDeletion = action;
    }

    /** At exit. Keeps the lock until then, so that threads that are still at work make no new folders. */
    private static void deleteAll() {
        beforeDeletion.run();
        synchronized (OPEN) {
            OPEN.forEach(TemporaryFolder::abandon);
            afterLastDeletion.run();
        }
    }

    /** Deletes the folder; contents that were moved elsewhere are kept. Closing it twice is harmless. */
    @Override
    public void close() {
        try {
            delete(path);
            synchronized (OPEN) {
                OPEN.remove(this);
            }
        } catch (IOException e) {
            throw new CheckpointException(
                    "The temporary folder %s cannot be deleted: %s.".formatted(path, EngineException.reason(e)), e);
        }
    }

    /** Deletes the folder at exit, even while another thread is still writing to it. */
    private void abandon() {
        for (int i = 0; i < 10 && Files.exists(path); i++) {
            try {
                delete(path);
            } catch (IOException e) {
                // a file was added in the meantime
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
