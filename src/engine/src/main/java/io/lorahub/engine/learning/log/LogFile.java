package io.lorahub.engine.learning.log;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file of a log. It is locked while open, because two processes writing to it would mix their lines. A failed write
 * leaves no partial data.
 */
final class LogFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private LogFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static LogFile created(Path path) throws IOException {
        return open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    static LogFile existing(Path path) throws IOException {
        return open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static LogFile open(Path path, OpenOption... options) throws IOException {
        requireRegular(path);
        LogFile file = new LogFile(path, FileChannel.open(path, options));
        try {
            file.lock();
            return file;
        } catch (EngineException e) {
            file.channel.close();
            throw e;
        }
    }

    /** Rejects pipes, which would wait for a reader, and devices, which store nothing. */
    static void requireRegular(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new EngineException(
                    "%s cannot be a log, because it isn't a regular file; a resumed run reads its log."
                            .formatted(path));
        }
    }

    private void lock() {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) return;
        } catch (OverlappingFileLockException e) {
            // locked by this process
        } catch (IOException e) {
            return; // the file system does not support locks
        }
        throw new EngineException(
                "Another run is writing the log %s; wait until it ends, or choose another name.".formatted(path));
    }

    /** Reads through the channel, because closing another channel on the same file would release the lock. */
    byte[] bytes() throws IOException {
        channel.position(0);
        InputStream in = Channels.newInputStream(channel);
        return in.readAllBytes();
    }

    /** Keeps the first bytes and drops the rest; new data is written after them. */
    void truncate(long bytes) throws IOException {
        channel.truncate(bytes);
        channel.position(bytes);
    }

    void append(String text) throws IOException {
        long start = channel.position();
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (IOException e) {
            truncate(start);
            throw e;
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
