package io.lorahub.upload.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Zips in memory, both valid and malicious. */
public final class ZipBuilder {

    /** Places in the records of PKWARE's APPNOTE, 4.3.7 and 4.3.12. */
    private static final int CENTRAL_FLAGS = 8;

    private static final int CENTRAL_CRC = 16;
    private static final int CENTRAL_SIZE = 24;
    private static final int CENTRAL_LOCAL_OFFSET = 42;
    private static final int CENTRAL = 0x02014b50;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ZipOutputStream zip = new ZipOutputStream(bytes);

    ZipBuilder stored(String name, String content) {
        byte[] data = content.getBytes(UTF_8);
        CRC32 crc = new CRC32();
        crc.update(data);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        entry.setCrc(crc.getValue());
        return add(entry, data);
    }

    public ZipBuilder deflated(String name, String content) {
        return deflated(name, content.getBytes(UTF_8));
    }

    public ZipBuilder deflated(String name, byte[] content) {
        return add(new ZipEntry(name), content);
    }

    private ZipBuilder add(ZipEntry entry, byte[] content) {
        try {
            zip.putNextEntry(entry);
            zip.write(content);
            zip.closeEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] bytes() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Both names have the same packed bytes. */
    static byte[] overlapping(String first, String second) {
        byte[] zip = new ZipBuilder()
                .deflated(first, "the same bytes")
                .deflated(second, "the same bytes")
                .bytes();
        int record = central(zip, central(zip, 0) + 1);
        return patched(zip, record + CENTRAL_LOCAL_OFFSET, 0);
    }

    static byte[] twice(String name) {
        byte[] zip =
                new ZipBuilder().stored(name, "{}").stored(name + "2", "{ }").bytes();
        String text = new String(zip, java.nio.charset.StandardCharsets.ISO_8859_1).replace(name + "2", name + "\0");
        byte[] changed = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        // the second name is one byte shorter, and that byte is its extra field
        return shortened(changed, central(changed, central(changed, 0) + 1));
    }

    private static byte[] shortened(byte[] zip, int record) {
        ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int local = buffer.getInt(record + CENTRAL_LOCAL_OFFSET);
        for (int lengths : new int[] {record + 28, local + 26}) {
            buffer.putShort(lengths, (short) (buffer.getShort(lengths) - 1));
            buffer.putShort(lengths + 2, (short) (buffer.getShort(lengths + 2) + 1));
        }
        return zip;
    }

    static byte[] lyingAboutSize(String name) {
        byte[] zip = new ZipBuilder().deflated(name, "more than it says").bytes();
        return patched(zip, central(zip, 0) + CENTRAL_SIZE, 4);
    }

    static byte[] wrongChecksum(String name) {
        byte[] zip = new ZipBuilder().deflated(name, "changed on its way").bytes();
        return patched(zip, central(zip, 0) + CENTRAL_CRC, 12345);
    }

    static byte[] encrypted(String name, byte[] content) {
        byte[] zip = new ZipBuilder().deflated(name, content).bytes();
        int flags = central(zip, 0) + CENTRAL_FLAGS;
        zip[flags] |= 1;
        zip[6] |= 1;
        return zip;
    }

    static byte[] symlink(String name, String target) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
            ZipArchiveEntry entry = new ZipArchiveEntry(name);
            entry.setUnixMode(0120777);
            zip.putArchiveEntry(entry);
            zip.write(target.getBytes(UTF_8));
            zip.closeArchiveEntry();
        }
        return out.toByteArray();
    }

    private static int central(byte[] zip, int from) {
        ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = from; at < zip.length - 4; at++) {
            if (buffer.getInt(at) == CENTRAL) return at;
        }
        throw new IllegalArgumentException("there is no further entry");
    }

    private static byte[] patched(byte[] zip, int at, int value) {
        ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return zip;
    }
}
