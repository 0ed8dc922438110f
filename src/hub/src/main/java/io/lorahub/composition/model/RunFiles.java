package io.lorahub.composition.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.file.PathUtils;
import org.jboss.logging.Logger;

/**
 * A cache of the folders of adapters and base models, keyed by the hashes of their files. Any number of processes can
 * share it: opening files requires a shared lock, removing a folder an exclusive one.
 */
final class RunFiles {

    private static final Logger LOG = Logger.getLogger(RunFiles.class);

    /** A source of files. */
    interface Source {

        /** Puts files into a folder; they are given as SHA-256 by name. */
        void place(Map<String, String> files, Path folder) throws IOException;

        /** How much space placing them in a folder takes there, in bytes: none if the store's own files appear there. */
        default long bytes(Map<String, String> files, Path folder) throws IOException {
            return 0;
        }

        /** Whether files that were placed earlier are unchanged. */
        default boolean areSound(Map<String, String> files, Path folder) throws IOException {
            return true;
        }
    }

    private final Path cache;
    private final Source source;
    private final LongSupplier spare;
    private final CacheLimit limit;
    private final CacheLock lock;

    /**
     * @param bytes maximum size of all folders together; the least recently used ones are removed
     * @param spare space that stays free on the disk, in bytes
     */
    RunFiles(Path cache, Source source, long bytes, LongSupplier spare) {
        this.cache = cache;
        this.source = source;
        this.spare = spare;
        this.limit = new CacheLimit(cache, bytes);
        this.lock = CacheLock.of(cache);
    }

    /**
     * Opens a folder with these files. It must not be written to, and can be removed once the function has returned;
     * open files then stay readable.
     *
     * @throws NoRoomException if the disk has no room for them
     */
    <T> T with(Map<String, String> files, Function<Path, T> open) {
        Path folder = cache.resolve(key(files));
        try {
            Files.createDirectories(cache);
            dropDamaged(files, folder);
            while (true) {
                Optional<T> opened =
                        lock.shared(() -> touch(folder) ? Optional.of(open.apply(folder)) : Optional.empty());
                if (opened.isPresent()) return opened.get();
                fetch(files, folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a cached folder with damaged files; only files with the right hashes are used. */
    private void dropDamaged(Map<String, String> files, Path folder) throws IOException {
        try {
            if (!Files.isDirectory(folder) || source.areSound(files, folder)) return;
        } catch (NoSuchFileException e) {
            // incomplete, or just set aside
        }
        LOG.warnf("The cached files in %s are damaged; they are fetched again.", folder);
        lock.exclusive(() -> {
            limit.setAsideAlone(folder);
            return folder;
        });
    }

    /** Marks a folder as used; returns false if it does not exist. */
    private static boolean touch(Path folder) throws IOException {
        try {
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void fetch(Map<String, String> files, Path folder) throws IOException {
        long bytes = source.bytes(files, cache);
        LongSupplier needed = () -> bytes + spare.getAsLong();
        makeRoom(needed);
        try {
            fetchNow(files, folder);
        } catch (IOException e) {
            if (NoRoomException.isCause(e)) throw new NoRoomException(cache, needed, e);
            throw e;
        }
    }

    /** Removes other folders, if that helps. */
    private void makeRoom(LongSupplier needed) throws IOException {
        long missing = needed.getAsLong() - NoRoomException.free(cache);
        if (missing <= 0) return;
        lock.ifFree(() -> {
            limit.setAsideAtLeast(missing);
            return cache;
        });
        limit.clear();
        if (NoRoomException.free(cache) < needed.getAsLong()) throw new NoRoomException(cache, needed, null);
    }

    private void fetchNow(Map<String, String> files, Path folder) throws IOException {
        Path part = Files.createDirectory(cache.resolve(CacheLimit.PART + UUID.randomUUID()));
        try {
            source.place(files, part);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Java has no specific exception for moving onto a non-empty folder
            if (!Files.isDirectory(folder)) throw e;
        } finally {
            if (Files.exists(part)) PathUtils.deleteDirectory(part);
        }
        // skipped while a model is being loaded; the next fetch then enforces the limit
        lock.ifFree(() -> {
            limit.setAside(folder);
            return folder;
        });
        limit.clear();
    }

    /** 64 hexadecimal digits that depend only on names and contents. */
    static String key(Map<String, String> files) {
        return DigestUtils.sha256Hex(new TreeMap<>(files).toString());
    }

    /**
     * A lock on a cache between threads and processes: shared for opening files, exclusive for removing a folder. A file
     * lock belongs to the whole process, so its threads share one.
     */
    private static final class CacheLock {

        interface Work<T> {
            T run() throws IOException;
        }

        private static final Map<Path, CacheLock> ALL = new ConcurrentHashMap<>();

        private final Path file;
        private final ReadWriteLock threads = new ReentrantReadWriteLock();
        private int sharing;
        private FileChannel shared;

        private CacheLock(Path cache) {
            this.file = cache.resolve(".lock");
        }

        static CacheLock of(Path cache) {
            return ALL.computeIfAbsent(cache.toAbsolutePath().normalize(), CacheLock::new);
        }

        <T> T shared(Work<T> work) throws IOException {
            threads.readLock().lock();
            try {
                enter();
                try {
                    return work.run();
                } finally {
                    leave();
                }
            } finally {
                threads.readLock().unlock();
            }
        }

        private synchronized void enter() throws IOException {
            if (sharing == 0) {
                FileChannel channel = open();
                try {
                    channel.lock(0, Long.MAX_VALUE, true);
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
                shared = channel;
            }
            sharing++;
        }

        private synchronized void leave() throws IOException {
            if (--sharing == 0) shared.close();
        }

        /** Waits until no shared lock is held. */
        <T> T exclusive(Work<T> work) throws IOException {
            threads.writeLock().lock();
            try (FileChannel channel = open();
                    FileLock lock = channel.lock()) {
                return work.run();
            } finally {
                threads.writeLock().unlock();
            }
        }

        /** Does nothing if the lock is held. */
        void ifFree(Work<?> work) throws IOException {
            if (!threads.writeLock().tryLock()) return;
            try (FileChannel channel = open();
                    FileLock lock = channel.tryLock()) {
                if (lock != null) work.run();
            } finally {
                threads.writeLock().unlock();
            }
        }

        private FileChannel open() throws IOException {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
    }
}
