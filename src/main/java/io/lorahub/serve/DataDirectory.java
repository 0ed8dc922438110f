package io.lorahub.serve;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.lorahub.engine.EngineException;
import io.lorahub.storage.PrivateFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/** The directory that holds all that a server keeps; its owner's alone, and one server's at a time. */
public final class DataDirectory implements AutoCloseable {

    private static final String LOCK = "lorahub.lock";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Makes the directory where it is missing, and holds it until it is closed or the process ends.
     *
     * @throws ServeException if another server holds it, or it cannot be written
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

    /** Makes the directory where it is missing, and lets others have it as well. */
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
        if (Files.isDirectory(path)) {
            if (isOurs(path)) PrivateFolder.close(path);
            return;
        }
        Files.createDirectories(path.getParent());
        // another server that shares it may make it at this moment
        Files.createDirectories(
                path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Not {@code /tmp}, nor someone's home directory, given by mistake: others need to get at those. */
    private static boolean isOurs(Path path) throws IOException {
        return PathUtils.isEmptyDirectory(path)
                || Stream.of(LOCK, "objects", "worker").anyMatch(name -> Files.exists(path.resolve(name)));
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            if (lock == null) return false;
        } catch (OverlappingFileLockException e) { // held by this process
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

    Path path() {
        return path;
    }

    /** A directory in this one, made where it is missing. */
    Path folder(String name) {
        Path folder = path.resolve(name);
        try {
            Files.createDirectories(folder);
            PrivateFolder.close(folder);
            return folder;
        } catch (IOException e) {
            throw new ServeException("%s cannot be made: %s.".formatted(folder, EngineException.reason(e)), e);
        }
    }

    /** Empties a directory in this one. */
    void clear(String name) {
        try {
            PathUtils.cleanDirectory(folder(name));
        } catch (IOException e) {
            throw new ServeException("%s cannot be emptied: %s.".formatted(name, EngineException.reason(e)), e);
        }
    }

    /** Lets another server have the directory. */
    @Override
    public void close() {
        try {
            if (lockFile != null) lockFile.close();
        } catch (IOException e) {
            throw new ServeException(
                    "The lock on %s cannot be given back: %s.".formatted(path, EngineException.reason(e)), e);
        }
    }
}
