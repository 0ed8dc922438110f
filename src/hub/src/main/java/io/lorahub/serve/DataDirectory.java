package io.lorahub.serve;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.lorahub.engine.error.EngineException;
import io.lorahub.storage.directory.PrivateFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.filefilter.AgeFileFilter;

/** The directory with a server's data, accessible only to its owner and used by only one server at a time. */
public final class DataDirectory implements AutoCloseable {

    private static final String LOCK = "lorahub.lock";

    private final Path path;
    private final FileChannel lockFile;

    /** What a hub has in its directory. */
    private static final Set<String> OWN =
            Set.of(LOCK, "objects", "postgres", "uploads", "worker", "log", "second-factor.key", "lost+found");

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the directory if it is missing, and locks it until it is closed or the process ends.
     *
     * @throws ServeException if another server uses it, or it is not writable
     */
    public static DataDirectory open(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        try {
            create(path);
            FileChannel file = FileChannel.open(path.resolve(LOCK), CREATE, READ, WRITE);
            if (!lock(file)) {
                String holder = holder(file);
                file.close();
                throw new ServeException(
                        "The data directory %s is in use by another LoraHub%s; stop that one, or name another directory with --data."
                                .formatted(path, holder));
            }
            return new DataDirectory(path, file);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /** Creates the directory if it is missing, without locking it against other servers. */
    static DataDirectory shared(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        try {
            create(path);
            return new DataDirectory(path, null);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    private static ServeException unusable(Path path, IOException e) {
        return new ServeException(
                "The data directory %s cannot be used: %s. Name another one with --data."
                        .formatted(path, EngineException.reason(e)),
                e);
    }

    private static void create(Path path) throws IOException {
        if (!Files.isDirectory(path) || isOurs(path)) PrivateFolder.make(path);
    }

    /**
     * Excludes {@code /tmp} or a home directory given by mistake, which must stay accessible to others, also when it is used
     * once more.
     */
    private static boolean isOurs(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).allMatch(OWN::contains);
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            if (lock == null) return false;
        } catch (OverlappingFileLockException e) { // locked by this process
            return false;
        }
        file.truncate(0);
        file.write(StandardCharsets.US_ASCII.encode(
                Long.toString(ProcessHandle.current().pid())));
        return true;
    }

    private static String holder(FileChannel file) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        file.read(pid, 0);
        String text = StandardCharsets.US_ASCII.decode(pid.flip()).toString();
        return text.matches("\\d+") ? " (process " + text + ")" : "";
    }

    public Path path() {
        return path;
    }

    /** A subdirectory, created if it is missing. */
    Path folder(String name) {
        Path folder = path.resolve(name);
        try {
            PrivateFolder.make(folder);
            return folder;
        } catch (IOException e) {
            throw new ServeException("%s cannot be created: %s.".formatted(folder, EngineException.reason(e)), e);
        }
    }

    /** Empties a subdirectory. */
    void clear(String name) {
        try {
            PathUtils.cleanDirectory(folder(name));
        } catch (IOException e) {
            throw new ServeException("%s cannot be emptied: %s.".formatted(name, EngineException.reason(e)), e);
        }
    }

    /** Deletes the files of a subdirectory that nobody has written to for so long, though others may use the directory. */
    void clear(String name, Duration unused) {
        AgeFileFilter old = new AgeFileFilter(Instant.now().minus(unused));
        FileUtils.listFiles(folder(name).toFile(), old, null).forEach(FileUtils::deleteQuietly);
    }

    /** Releases the directory for other servers. */
    @Override
    public void close() {
        try {
            if (lockFile != null) lockFile.close();
        } catch (IOException e) {
            throw new ServeException(
                    "The lock on %s cannot be released: %s.".formatted(path, EngineException.reason(e)), e);
        }
    }
}
