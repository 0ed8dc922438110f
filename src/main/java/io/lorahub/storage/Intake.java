package io.lorahub.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/**
 * An input on its way into a store, cut into chunks. A chunk is hashed in the background while the caller writes it and
 * the next one arrives: hashing takes longer than copying.
 */
final class Intake {

    /** A chunk may be used until so many more, less one, have been asked for. */
    static final int BUFFERS = 4;

    /** Most files are small: buffers start with so many bytes and grow up to a chunk. */
    private static final int FIRST_BYTES = 1 << 18;

    private final InputStream in;
    private final long maxBytes;
    private final int chunkBytes;
    private final MessageDigest digest = sha256();
    private final byte[][] buffers = new byte[BUFFERS][];
    private final CompletableFuture<?>[] hashed = new CompletableFuture<?>[BUFFERS];

    private CompletableFuture<Void> allHashed = CompletableFuture.completedFuture(null);
    private int turn;
    private long size;
    private boolean ended;
    private boolean broken;

    Intake(InputStream in, long maxBytes, int chunkBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.chunkBytes = chunkBytes;
    }

    /** The next chunk, backed by an array from its start on: full, or the input's last; empty after that. */
    ByteBuffer next() {
        int slot = turn++ % BUFFERS;
        if (hashed[slot] != null) hashed[slot].join();
        int length = fill(slot);
        byte[] chunk = buffers[slot];
        if (length > 0) {
            allHashed = allHashed.thenRunAsync(() -> digest.update(chunk, 0, length), Background.THREADS);
            hashed[slot] = allHashed;
        }
        return ByteBuffer.wrap(chunk, 0, length);
    }

    /** To be called once, after the last chunk. */
    Staged staged(String key) {
        allHashed.join();
        return new Staged(key, size, HexFormat.of().formatHex(digest.digest()), !broken);
    }

    private int fill(int slot) {
        byte[] buffer = buffers[slot] == null ? new byte[Math.min(chunkBytes, FIRST_BYTES)] : buffers[slot];
        int length = 0;
        try {
            while (!ended && length < chunkBytes) {
                if (length == buffer.length) buffer = Arrays.copyOf(buffer, Math.min(chunkBytes, 2 * length));
                int read = in.read(buffer, length, buffer.length - length);
                if (read < 0) {
                    ended = true;
                } else {
                    length += read;
                    count(read);
                }
            }
        } catch (IOException e) {
            ended = true;
            broken = true;
        }
        buffers[slot] = buffer;
        return length;
    }

    private void count(int read) {
        size += read;
        if (size > maxBytes) throw new TooLargeException(maxBytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
