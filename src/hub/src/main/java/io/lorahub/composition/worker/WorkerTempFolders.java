package io.lorahub.composition.worker;

import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.job.PeriodicTasks;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.apache.commons.io.FileUtils;
import org.jboss.logging.Logger;

/**
 * A folder for files that this worker has yet to put into the store. A lock on it shows that the worker is alive;
 * folders without a lock are swept.
 */
@ApplicationScoped
public class WorkerTempFolders {

    private static final Logger LOG = Logger.getLogger(WorkerTempFolders.class);

    /** Larger than that of observers without one. */
    private static final int AFTER_WORKERS = Interceptor.Priority.APPLICATION + 600;

    private static final String OWN = "process-";
    private static final String LOCK = ".lock";
    private static final Duration EVERY = Duration.ofMinutes(30);

    /** Age at which folders of earlier versions, which had no lock, are swept; no run takes this long to export. */
    private static final Duration LEFT = Duration.ofDays(1);

    private final WorkerConfig config;
    private final PeriodicTasks sweeps = new PeriodicTasks("worker-folders");
    private Path own;
    private FileChannel lock;

    WorkerTempFolders(WorkerConfig config) {
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        if (config.enabled()) sweeps.every(Duration.ZERO, EVERY, this::sweep);
    }

    /** After the workers, which may be writing here. */
    synchronized void stop(@Observes @Priority(AFTER_WORKERS) ShutdownEvent event) throws IOException {
        sweeps.close();
        if (own == null) return;
        lock.close();
        FileUtils.deleteQuietly(own.toFile());
        own = null;
    }

    /** Where the folders are. */
    Path place() {
        return config.cache();
    }

    /** Creates a folder, which the caller must delete. */
    synchronized Path folder(String prefix) throws IOException {
        if (own == null) {
            Path mine = Files.createDirectories(config.cache().resolve(OWN + UUID.randomUUID()));
            // locked before it has its name: another worker must not find it unlocked and sweep the folder
            Path unnamed = mine.resolve(LOCK + ".new");
            lock = FileChannel.open(unnamed, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock.lock();
            Files.move(unnamed, mine.resolve(LOCK));
            own = mine;
        }
        return Files.createTempDirectory(own, prefix);
    }

    void sweep() {
        if (!Files.isDirectory(config.cache())) return;
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(config.cache(), Files::isDirectory)) {
            for (Path folder : folders) {
                if (!isOwn(folder) && isLeft(folder)) {
                    LOG.infof("Files that a stopped worker left in %s were deleted.", folder);
                    FileUtils.deleteQuietly(folder.toFile());
                }
            }
        } catch (IOException e) {
            LOG.warnf("Folders of stopped workers in %s could not be deleted: %s", config.cache(), e.getMessage());
        }
    }

    /** Its own lock file must not be opened: on POSIX systems, closing it again would release the lock. */
    private synchronized boolean isOwn(Path folder) {
        return folder.equals(own);
    }

    private static boolean isLeft(Path folder) throws IOException {
        String name = folder.getFileName().toString();
        boolean old = Files.getLastModifiedTime(folder)
                .toInstant()
                .isBefore(Instant.now().minus(LEFT));
        if (name.startsWith("run-") || name.startsWith("trial-")) return old;
        if (!name.startsWith(OWN)) return false;
        Path file = folder.resolve(LOCK);
        if (!Files.exists(file)) return old;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this process itself
        }
    }
}
