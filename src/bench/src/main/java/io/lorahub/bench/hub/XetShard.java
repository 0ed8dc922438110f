package io.lorahub.bench.hub;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** What clients with hf_xet send: pieces of files, called xorbs, and shards, which say how files are made of them. */
public final class XetShard {

    private static final int ENTRY = 48;
    private static final int CHUNK = 1 << 16;
    private static final int HEADER = 8;

    private XetShard() {}

    /**
     * Chunks of a xorb.
     *
     * @param xorb  64 hexadecimal digits
     * @param bytes of the chunks
     * @param end   first chunk that no longer belongs to it
     */
    public record Segment(String xorb, int bytes, int start, int end) {}

    /** @param sha256 64 hexadecimal digits */
    public record XetFile(String sha256, List<Segment> segments) {}

    /** A shard of these files, without verification entries and without a footer. */
    public static byte[] shard(List<XetFile> files) {
        int entries =
                files.stream().mapToInt(file -> 2 + file.segments().size()).sum();
        ByteBuffer shard = ByteBuffer.allocate(ENTRY * (2 + entries)).order(ByteOrder.LITTLE_ENDIAN);
        shard.put("HFRepoMetaData\0".getBytes(StandardCharsets.US_ASCII)).position(32);
        shard.putLong(2).position(ENTRY);
        for (XetFile file : files) {
            int at = shard.position();
            shard.position(at + 32);
            shard.putInt(1 << 30).putInt(file.segments().size()).position(at + ENTRY);
            for (Segment segment : file.segments()) {
                put(shard, segment.xorb());
                shard.putInt(0).putInt(segment.bytes()).putInt(segment.start()).putInt(segment.end());
            }
            put(shard, file.sha256());
            shard.position(at + ENTRY * (2 + file.segments().size()));
        }
        for (int i = 0; i < 32; i++) shard.put((byte) -1);
        return shard.array();
    }

    private static void put(ByteBuffer shard, String hash) {
        for (int i = 0; i < 64; i += 16) shard.putLong(HexFormat.fromHexDigitsToLong(hash, i, i + 16));
    }

    /** A xorb with all of a file, uncompressed. */
    public static byte[] xorb(byte[] file) {
        ByteBuffer xorb =
                ByteBuffer.allocate(file.length + HEADER * chunks(file.length)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < file.length; at += CHUNK) {
            int size = Math.min(CHUNK, file.length - at);
            xorb.putInt(size << 8).putInt(size << 8).put(file, at, size);
        }
        return xorb.array();
    }

    /** Number of chunks in the xorb of a file. */
    public static int chunks(int size) {
        return (size + CHUNK - 1) / CHUNK;
    }
}
