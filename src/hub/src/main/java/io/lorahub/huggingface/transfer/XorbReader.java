package io.lorahub.huggingface.transfer;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/**
 * Reads the chunks of a xorb in order. Each has a header of 8 bytes: version, compressed size (3 bytes, little-endian),
 * compression, size (3 bytes); see https://huggingface.co/docs/xet/xorb.
 */
final class XorbReader implements Closeable {

    private static final int HEADER = 8;
    private static final int LARGEST_CHUNK = 128 << 10;

    private static final int STORED = 0;
    private static final int LZ4 = 1;

    /** LZ4 of the bytes in four groups: all first bytes of four, all second ones, and so on. */
    private static final int GROUPED_LZ4 = 2;

    private final String hash;
    private final InputStream in;
    private int chunk;
    private long taken;

    XorbReader(String hash, InputStream in) {
        this.hash = hash;
        this.in = in;
    }

    String hash() {
        return hash;
    }

    /** Number of the next chunk. */
    int chunk() {
        return chunk;
    }

    /** Bytes read so far. */
    long taken() {
        return taken;
    }

    /** @throws MalformedXetException if there is no chunk */
    void skip() throws IOException {
        try {
            in.skipNBytes(header().compressed());
        } catch (EOFException e) {
            throw malformed();
        }
        chunk++;
    }

    /** @throws MalformedXetException if there is no sound chunk */
    byte[] next() throws IOException {
        Header header = header();
        byte[] stored = in.readNBytes(header.compressed());
        if (stored.length < header.compressed()) throw malformed();
        byte[] content = content(header, stored);
        if (content.length != header.size()) throw malformed();
        chunk++;
        return content;
    }

    private record Header(int compressed, int compression, int size) {}

    private Header header() throws IOException {
        byte[] bytes = in.readNBytes(HEADER);
        if (bytes.length < HEADER || bytes[0] != 0) throw malformed();
        Header header = new Header(number(bytes, 1), bytes[4], number(bytes, 5));
        if (header.size() > LARGEST_CHUNK || header.compressed() > 2 * LARGEST_CHUNK) throw malformed();
        taken += HEADER + header.compressed();
        return header;
    }

    private static int number(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }

    private byte[] content(Header header, byte[] stored) {
        return switch (header.compression()) {
            case STORED -> stored;
            case LZ4 -> unpacked(stored);
            case GROUPED_LZ4 -> regrouped(unpacked(stored));
            default -> throw malformed();
        };
    }

    /** Reads one byte too many, so that a chunk which says less than it holds is found, and no more. */
    private byte[] unpacked(byte[] stored) {
        try (InputStream frame = new FramedLZ4CompressorInputStream(new ByteArrayInputStream(stored))) {
            return frame.readNBytes(LARGEST_CHUNK + 1);
        } catch (IOException | RuntimeException e) {
            throw malformed();
        }
    }

    private static byte[] regrouped(byte[] groups) {
        byte[] content = new byte[groups.length];
        int from = 0;
        for (int group = 0; group < 4; group++) {
            for (int to = group; to < content.length; to += 4) content[to] = groups[from++];
        }
        return content;
    }

    private MalformedXetException malformed() {
        return new MalformedXetException("The chunk %d of the xorb %s is damaged or missing.".formatted(chunk, hash));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
