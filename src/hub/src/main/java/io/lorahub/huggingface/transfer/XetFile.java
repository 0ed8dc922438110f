package io.lorahub.huggingface.transfer;

import io.lorahub.web.budget.RequestBudget;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A file as a shard describes it: segments of xorbs, one after the other. Shards begin with a header of 48 bytes, then
 * list files in entries of 48 bytes, little-endian (https://huggingface.co/docs/xet/shard).
 *
 * @param sha256 as the client says
 * @param size in bytes
 * @param entries of its segments, as they arrived
 */
record XetFile(String sha256, long size, byte[] entries) {

    private static final int ENTRY = 48;
    private static final int HASH = 32;

    // of a segment's entry, after the xorb's hash
    private static final int BYTES = HASH + 4;
    private static final int START = HASH + 8;
    private static final int END = HASH + 12;

    private static final byte[] TAG = "HFRepoMetaData\0".getBytes(StandardCharsets.US_ASCII);
    private static final long VERSION = 2;
    private static final int MOST_ENTRIES = 200_000;

    /** A repository can't have more. */
    private static final int MOST_FILES = 2000;

    private static final int VERIFIED = 1 << 31;
    private static final int WITH_SHA256 = 1 << 30;

    /**
     * Chunks of a xorb.
     *
     * @param xorb its hash as addresses have it
     * @param bytes of the chunks, uncompressed
     * @param end first chunk that no longer belongs to it
     */
    record Segment(String xorb, long bytes, int start, int end) {}

    /**
     * Reads the files of a shard, and the rest of the body without looking at it.
     *
     * @param most size in bytes that a file can have
     * @param budget of the request, where the entries take their memory
     * @throws MalformedXetException if it is no shard
     */
    static List<XetFile> readShard(InputStream body, long most, RequestBudget budget) throws IOException {
        ByteBuffer header = entry(body);
        byte[] tag = new byte[TAG.length];
        header.get(tag);
        if (!Arrays.equals(tag, TAG) || header.getLong(HASH) != VERSION) {
            throw new MalformedXetException("The body is not a shard of version %d.".formatted(VERSION));
        }
        List<XetFile> files = new ArrayList<>();
        int entries = 0;
        for (ByteBuffer file = entry(body); !isEnd(file); file = entry(body)) {
            int flags = file.getInt(HASH);
            int count = file.getInt(HASH + 4);
            if (count < 0 || count > MOST_ENTRIES || (entries += 1 + count) > MOST_ENTRIES) {
                throw new MalformedXetException("A shard can have at most %,d entries.".formatted(MOST_ENTRIES));
            }
            if (files.size() == MOST_FILES) {
                throw new MalformedXetException("A shard can have at most %,d files.".formatted(MOST_FILES));
            }
            budget.hold((long) ENTRY * (1 + count));
            files.add(file(body, flags, count, most));
        }
        body.transferTo(OutputStream.nullOutputStream());
        return files;
    }

    private static XetFile file(InputStream body, int flags, int count, long most) throws IOException {
        byte[] entries = body.readNBytes(count * ENTRY);
        if (entries.length < count * ENTRY) throw tooShort();
        long size = 0;
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = entry(entries, i);
            if (entry.getInt(START) < 0 || entry.getInt(END) <= entry.getInt(START)) {
                throw new MalformedXetException("A segment has no chunks.");
            }
            size += Integer.toUnsignedLong(entry.getInt(BYTES));
        }
        if (size > most) {
            throw new MalformedXetException("A file has %,d bytes; the limit is %,d.".formatted(size, most));
        }
        if ((flags & VERIFIED) != 0) skip(body, (long) count * ENTRY);
        if ((flags & WITH_SHA256) == 0) throw new MalformedXetException("A file has no SHA-256.");
        return new XetFile(address(entry(body)), size, entries);
    }

    private static void skip(InputStream body, long bytes) throws IOException {
        try {
            body.skipNBytes(bytes);
        } catch (EOFException e) {
            throw tooShort();
        }
    }

    /** Number of segments. */
    int segments() {
        return entries.length / ENTRY;
    }

    Segment segment(int index) {
        ByteBuffer entry = entry(entries, index);
        return new Segment(
                address(entry), Integer.toUnsignedLong(entry.getInt(BYTES)), entry.getInt(START), entry.getInt(END));
    }

    private static ByteBuffer entry(byte[] entries, int index) {
        return ByteBuffer.wrap(entries, index * ENTRY, ENTRY).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer entry(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(ENTRY);
        if (bytes.length < ENTRY) throw tooShort();
        return entry(bytes, 0);
    }

    private static MalformedXetException tooShort() {
        return new MalformedXetException("The shard ends too early.");
    }

    /** Whether it is the entry of ones that ends the list. */
    private static boolean isEnd(ByteBuffer entry) {
        for (int i = 0; i < HASH; i++) if (entry.get(i) != -1) return false;
        return true;
    }

    /** The hash as text: four numbers of 64 bits in hexadecimal digits. */
    private static String address(ByteBuffer entry) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < HASH; i += Long.BYTES) text.append(HexFormat.of().toHexDigits(entry.getLong(i)));
        return text.toString();
    }
}
