package io.lorahub.storage.directory;

import io.lorahub.storage.object.ThreadPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A new file that is flushed to disk in the background while more bytes arrive, so that making it durable at the end
 * takes little time.
 */
final class FileOutput implements AutoCloseable {

    private static final int FORCED_BYTES = 1 << 24;

    private final FileChannel channel;
    private CompletableFuture<Void> forced = CompletableFuture.completedFuture(null);
    private long unforced;

    FileOutput(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    void write(ByteBuffer bytes) throws IOException {
        unforced += bytes.remaining();
        while (bytes.hasRemaining()) channel.write(bytes);
        if (unforced >= FORCED_BYTES && forced.isDone()) {
            awaitForced();
            unforced = 0;
            forced = CompletableFuture.runAsync(this::force, ThreadPools.THREADS);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            awaitForced();
        }
    }

    private void force() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitForced() throws IOException {
        try {
            forced.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) throw failure.getCause();
            throw e;
        }
    }
}
