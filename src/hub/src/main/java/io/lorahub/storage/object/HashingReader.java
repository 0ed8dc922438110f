package io.lorahub.storage.object;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Reads an input on its way into a store and splits it into chunks. Each chunk is hashed on arrival, while its bytes
 * are still in the processor's cache; hashing in another thread would take half as long again.
 */
public final class HashingReader {

    /** Most files are small, so the buffer starts at this size in bytes and grows up to the size of a chunk. */
    private static final int FIRST_BYTES = 1 << 14;

    private final InputStream in;
    private final long maxBytes;
    private final int chunkBytes;
    private final MessageDigest digest = DigestUtils.getSha256Digest();
    private final CRC32 crc32 = new CRC32();

    private byte[] buffer;
    private long size;
    private boolean ended;
    private boolean broken;

    public HashingReader(InputStream in, long maxBytes, int chunkBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.chunkBytes = chunkBytes;
        this.buffer = new byte[Math.min(chunkBytes, FIRST_BYTES)];
    }

    /**
     * Returns the next chunk, backed by an array from its start: full, or the last of the input; empty after that. It is
     * valid until the next call.
     */
    public ByteBuffer next() {
        int length = fill();
        return ByteBuffer.wrap(buffer, 0, length);
    }

    /** Call this once, after the last chunk. */
    public StagedFile staged(String key) {
        return new StagedFile(
                key, size, HexFormat.of().formatHex(digest.digest()), Optional.of(crc32.getValue()), !broken);
    }

    private int fill() {
        int length = 0;
        try {
            while (!ended && length < chunkBytes) {
                if (length == buffer.length) buffer = Arrays.copyOf(buffer, Math.min(chunkBytes, 2 * length));
                int read = in.read(buffer, length, buffer.length - length);
                if (read < 0) {
                    ended = true;
                } else {
                    count(read);
                    digest.update(buffer, length, read);
                    crc32.update(buffer, length, read);
                    length += read;
                }
            }
        } catch (IOException e) {
            ended = true;
            broken = true;
        }
        return length;
    }

    private void count(int read) {
        size += read;
        if (size > maxBytes) throw new TooLargeException(maxBytes);
    }
}
