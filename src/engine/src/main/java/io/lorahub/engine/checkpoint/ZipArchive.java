package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.error.EngineException.quoted;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipMethod;

/** An untrusted zip file. Its table of contents is checked and its size limited before anything is unpacked. */
public final class ZipArchive implements Closeable {

    private static final long MAX_CONTENTS_BYTES = 16L << 20;
    private static final int MAX_ENTRIES = 100_000;
    private static final long MAX_DEFLATED_BYTES = 4L << 30;
    /**
     * Largest ratio of unpacked to packed size, for the whole archive. Weights hardly compress; zeros compress a
     * thousandfold.
     */
    private static final long MAX_RATIO = 200;

    private final ZipFile zip;
    private final Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();

    private ZipArchive(ZipFile zip) {
        this.zip = zip;
    }

    public static ZipArchive open(Path path) throws IOException, MalformedException {
        BudgetedChannel channel = new BudgetedChannel(path, MAX_CONTENTS_BYTES);
        boolean opened = false;
        try {
            ZipArchive archive = new ZipArchive(
                    ZipFile.builder().setSeekableByteChannel(channel).get());
            archive.check(channel.size());
            channel.liftBudget();
            opened = true;
            return archive;
        } catch (IOException | RuntimeException e) {
            // The library wraps exceptions of the channel, and some of its own checks throw other types than
            // IOException.
            if (channel.isSpent()) {
                throw new MalformedException(
                        "its table of contents has more than %d bytes".formatted(MAX_CONTENTS_BYTES));
            }
            throw new IOException("it isn't a valid zip file", e);
        } finally {
            if (!opened) channel.close();
        }
    }

    private void check(long size) throws MalformedException {
        List<ZipArchiveEntry> inOrder = new ArrayList<>();
        long mayUnpack = MAX_RATIO * size + (1 << 20);
        long mayInflate = MAX_DEFLATED_BYTES;
        for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
            String name = entry.getName();
            if (entries.put(name, entry) != null) {
                throw new MalformedException("it has two files named %s".formatted(quoted(name)));
            }
            if (entries.size() > MAX_ENTRIES) {
                throw new MalformedException("it has more than %d files".formatted(MAX_ENTRIES));
            }
            check(entry, size);
            inOrder.add(entry);
            mayUnpack -= entry.getSize();
            if (!isStored(entry)) mayInflate -= entry.getSize();
            if (mayUnpack < 0 || mayInflate < 0) {
                throw new MalformedException("it would unpack to far more than its own size, like a zip bomb");
            }
        }
        checkOverlaps(inOrder);
    }

    /** Rejects overlapping entries, as in zip bombs that reuse the same packed bytes for many files. */
    private static void checkOverlaps(List<ZipArchiveEntry> entries) throws MalformedException {
        entries.sort(Comparator.comparingLong(ZipArchiveEntry::getLocalHeaderOffset));
        long end = 0;
        for (ZipArchiveEntry entry : entries) {
            if (entry.getLocalHeaderOffset() < end) {
                throw new MalformedException(
                        "its file %s overlaps another one, as in a zip bomb".formatted(quoted(entry.getName())));
            }
            end = entry.getDataOffset() + entry.getCompressedSize();
        }
    }

    private void check(ZipArchiveEntry entry, long size) throws MalformedException {
        String name = quoted(entry.getName());
        if (entry.getGeneralPurposeBit().usesEncryption())
            throw new MalformedException("its file %s is encrypted".formatted(name));
        if (entry.isUnixSymlink()) throw new MalformedException("its file %s is a symbolic link".formatted(name));
        if (entry.getMethod() != ZipMethod.STORED.getCode() && entry.getMethod() != ZipMethod.DEFLATED.getCode()) {
            throw new MalformedException("its file %s uses a compression method other than deflate".formatted(name));
        }
        long begin = entry.getDataOffset();
        long packed = entry.getCompressedSize();
        boolean inside = begin >= 0 && packed >= 0 && entry.getSize() >= 0 && begin <= size && packed <= size - begin;
        if (!inside || isStored(entry) && packed != entry.getSize()) {
            throw new MalformedException("its file %s is cut off or damaged".formatted(name));
        }
    }

    /** Entries by name, in the order of the table of contents. */
    public Map<String, ZipArchiveEntry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    List<String> names() {
        return List.copyOf(entries.keySet());
    }

    static boolean isStored(ZipArchiveEntry entry) {
        return entry.getMethod() == ZipMethod.STORED.getCode();
    }

    /** Opens an entry. The caller must not read more than {@link ZipArchiveEntry#getSize} bytes. */
    public InputStream stream(ZipArchiveEntry entry) throws IOException {
        return zip.getInputStream(entry);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
