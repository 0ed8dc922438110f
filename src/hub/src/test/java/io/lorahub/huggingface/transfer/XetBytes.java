package io.lorahub.huggingface.transfer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;

/** Xorbs and shards, as clients with hf_xet send them. */
final class XetBytes {

    private static final int ENTRY = 48;

    private XetBytes() {}

    static String hash(int number) {
        return "%064x".formatted(number);
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    static byte[] xorb(byte[]... chunks) {
        return joined(chunks);
    }

    static byte[] stored(byte[] content) {
        return chunk(0, content, content.length);
    }

    static byte[] lz4(byte[] content) {
        return chunk(1, packed(content), content.length);
    }

    static byte[] grouped(byte[] content) {
        byte[] groups = new byte[content.length];
        int to = 0;
        for (int group = 0; group < 4; group++) {
            for (int from = group; from < content.length; from += 4) groups[to++] = content[from];
        }
        return chunk(2, packed(groups), content.length);
    }

    private static byte[] packed(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (var out = new FramedLZ4CompressorOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] chunk(int compression, byte[] packed, int size) {
        ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(packed.length << 8); // version 0 before it
        header.putInt(size << 8 | compression);
        return joined(header.array(), packed);
    }

    /** A shard of one file, with verification entries and without a footer. */
    static byte[] shard(String sha256, XetFile.Segment... segments) {
        ByteBuffer shard =
                ByteBuffer.allocate(ENTRY * (4 + 2 * segments.length)).order(ByteOrder.LITTLE_ENDIAN);
        shard.put("HFRepoMetaData\0".getBytes(StandardCharsets.US_ASCII)).position(32);
        shard.putLong(2).putLong(0);
        shard.position(ENTRY + 32);
        shard.putInt(3 << 30).putInt(segments.length);
        int at = 2 * ENTRY;
        for (XetFile.Segment segment : segments) {
            shard.position(at);
            put(shard, segment.xorb());
            shard.putInt(0)
                    .putInt((int) segment.bytes())
                    .putInt(segment.start())
                    .putInt(segment.end());
            at += ENTRY;
        }
        shard.position(at + segments.length * ENTRY);
        put(shard, sha256);
        shard.position(shard.capacity() - ENTRY);
        for (int i = 0; i < 32; i++) shard.put((byte) -1);
        return shard.array();
    }

    private static void put(ByteBuffer shard, String hash) {
        for (int i = 0; i < 64; i += 16) shard.putLong(HexFormat.fromHexDigitsToLong(hash, i, i + 16));
    }
}
