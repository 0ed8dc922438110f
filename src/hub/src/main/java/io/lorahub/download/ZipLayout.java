package io.lorahub.download;

import io.lorahub.download.content.ContentRegion;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A zip of stored files without compression, which would not make weights smaller. All its bytes are determined before
 * the first is sent, so its length is known and any range of it can be sent (APPNOTE.TXT 6.3.10; Zip64 if sizes require
 * it).
 */
final class ZipLayout {

    /** @param crc32 of the content */
    record Entry(String name, String sha256, ContentRegion content, long crc32) {

        /** A stored file. */
        Entry(String name, String sha256, long size, long crc32) {
            this(name, sha256, ContentRegion.Stored.whole(sha256, size), crc32);
        }

        /** A text that is written for the zip. */
        static Entry of(String name, String text) {
            byte[] content = text.getBytes(StandardCharsets.UTF_8);
            CRC32 crc32 = new CRC32();
            crc32.update(content);
            return new Entry(
                    name,
                    DigestUtils.sha256Hex(content),
                    new ContentRegion.Bytes(ByteBuffer.wrap(content)),
                    crc32.getValue());
        }

        long size() {
            return content.length();
        }
    }

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int END = 0x06054b50;
    private static final int ZIP64_EXTRA = 1;

    /** Marks a size or an offset whose value is in the Zip64 field. */
    private static final long ELSEWHERE = 0xFFFFFFFFL;

    private static final int VERSION = 20;
    private static final int VERSION_ZIP64 = 45;

    /** Declares the zip as created on Unix, so that the mode applies: a regular file, rw-r--r--. */
    private static final int MADE_BY_UNIX = 3 << 8;

    private static final int FILE_MODE = 0100644 << 16;
    private static final int NAMES_ARE_UTF8 = 1 << 11;
    private static final int STORED = 0;

    /** 1 January 1980 0:00, the start of the MS-DOS epoch, so that the same files always produce the same zip. */
    private static final int DOS_TIME = 0;

    private static final int DOS_DATE = 1 << 5 | 1;

    private final List<ContentRegion> pieces = new ArrayList<>();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int count;
    private long length;

    private ZipLayout() {}

    /** The pieces of the zip, in order. */
    static List<ContentRegion> of(List<Entry> entries) {
        ZipLayout zip = new ZipLayout();
        entries.forEach(zip::add);
        zip.end();
        return zip.pieces;
    }

    private void add(Entry entry) {
        byte[] name = entry.name.getBytes(StandardCharsets.UTF_8);
        directory.writeBytes(centralHeader(entry, name, length));
        append(localHeader(entry, name));
        if (entry.size() > 0) {
            pieces.add(entry.content);
            length += entry.size();
        }
        count++;
    }

    private static byte[] localHeader(Entry entry, byte[] name) {
        boolean large = entry.size() >= ELSEWHERE;
        ByteBuffer header = buffer(30 + name.length + (large ? 20 : 0)).putInt(LOCAL_HEADER);
        putCommon(header, entry, name, large);
        header.putShort((short) (large ? 20 : 0)).put(name);
        if (large) putExtra(header, 16).putLong(entry.size()).putLong(entry.size());
        return header.array();
    }

    private static byte[] centralHeader(Entry entry, byte[] name, long offset) {
        boolean large = entry.size() >= ELSEWHERE;
        boolean far = offset >= ELSEWHERE;
        int fields = (large ? 16 : 0) + (far ? 8 : 0);
        int extra = fields == 0 ? 0 : 4 + fields;
        ByteBuffer header = buffer(46 + name.length + extra)
                .putInt(CENTRAL_HEADER)
                .putShort((short) (MADE_BY_UNIX | VERSION_ZIP64));
        putCommon(header, entry, name, large || far);
        header.putShort((short) extra).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        header.putInt(FILE_MODE).putInt((int) (far ? ELSEWHERE : offset)).put(name);
        if (extra > 0) putExtra(header, fields);
        if (large) header.putLong(entry.size()).putLong(entry.size());
        if (far) header.putLong(offset);
        return header.array();
    }

    /** Writes the fields that both headers share, from "version needed to extract" to "file name length". */
    private static void putCommon(ByteBuffer header, Entry entry, byte[] name, boolean zip64) {
        int size = (int) Math.min(entry.size(), ELSEWHERE);
        header.putShort((short) (zip64 ? VERSION_ZIP64 : VERSION)).putShort((short) NAMES_ARE_UTF8);
        header.putShort((short) STORED).putShort((short) DOS_TIME).putShort((short) DOS_DATE);
        header.putInt((int) entry.crc32).putInt(size).putInt(size).putShort((short) name.length);
    }

    private static ByteBuffer putExtra(ByteBuffer header, int bytes) {
        return header.putShort((short) ZIP64_EXTRA).putShort((short) bytes);
    }

    private void end() {
        long start = length;
        append(directory.toByteArray());
        long size = length - start;
        if (start >= ELSEWHERE || size >= ELSEWHERE || count >= 0xFFFF) appendZip64End(start, size);
        int shown = Math.min(count, 0xFFFF);
        append(buffer(22)
                .putInt(END)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) shown)
                .putShort((short) shown)
                .putInt((int) Math.min(size, ELSEWHERE))
                .putInt((int) Math.min(start, ELSEWHERE))
                .putShort((short) 0)
                .array());
    }

    private void appendZip64End(long start, long size) {
        long at = length;
        append(buffer(56)
                .putInt(ZIP64_END)
                .putLong(44)
                .putShort((short) (MADE_BY_UNIX | VERSION_ZIP64))
                .putShort((short) VERSION_ZIP64)
                .putInt(0)
                .putInt(0)
                .putLong(count)
                .putLong(count)
                .putLong(size)
                .putLong(start)
                .array());
        append(buffer(20).putInt(ZIP64_LOCATOR).putInt(0).putLong(at).putInt(1).array());
    }

    private void append(byte[] bytes) {
        pieces.add(new ContentRegion.Bytes(ByteBuffer.wrap(bytes)));
        length += bytes.length;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
