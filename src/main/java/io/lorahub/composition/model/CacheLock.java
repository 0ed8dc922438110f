package io.lorahub.composition.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A lock on a cache between threads and processes: shared for opening files, exclusive for removing a folder. A file
 * lock belongs to the whole process, so its threads share one.
 */
final class CacheLock {

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
