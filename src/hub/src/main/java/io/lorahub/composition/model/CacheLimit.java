package io.lorahub.composition.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/** Limits the total size of a folder of folders by removing the least recently used ones. */
final class CacheLimit {

    /** Prefix of an incomplete folder's name. */
    static final String PART = ".part-";

    /** Prefix of the name of a folder that is about to be deleted. */
    private static final String GONE = ".gone-";

    /** Age from which incomplete folders count as left behind by a killed process; no transfer takes this long. */
    private static final Duration LEFT = Duration.ofDays(1);

    private record Entry(Path folder, long bytes, Instant used) {}

    private final Path cache;
    private final long bytes;

    CacheLimit(Path cache, long bytes) {
        this.cache = cache;
        this.bytes = bytes;
    }

    /** Sets aside folders beyond the limit. The caller must hold the exclusive lock. */
    void setAside(Path keep) throws IOException {
        List<Entry> entries = entries();
        long sum = entries.stream().mapToLong(Entry::bytes).sum();
        for (Entry entry : entries) {
            if (sum <= bytes) return;
            if (entry.folder().equals(keep)) continue;
            setAsideAlone(entry.folder());
            sum -= entry.bytes();
        }
    }

    /** Sets aside folders of at least this size together, or none if all are smaller. Needs the exclusive lock, too. */
    void setAsideAtLeast(long size) throws IOException {
        List<Entry> entries = entries();
        if (entries.stream().mapToLong(Entry::bytes).sum() < size) return;
        long sum = 0;
        for (Entry entry : entries) {
            if (sum >= size) return;
            setAsideAlone(entry.folder());
            sum += entry.bytes();
        }
    }

    /** The least recently used one first. */
    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path folder : folders()) {
            if (!isHidden(folder)) entries.add(entry(folder));
        }
        entries.sort(Comparator.comparing(Entry::used));
        return entries;
    }

    /** Sets this folder aside, if it exists. */
    void setAsideAlone(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        Path gone = folder.resolveSibling(GONE + folder.getFileName());
        if (Files.exists(gone)) delete(gone);
        Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes the folders that were set aside and those left behind by killed processes. */
    void clear() throws IOException {
        Instant old = Instant.now().minus(LEFT);
        for (Path folder : folders()) {
            String name = folder.getFileName().toString();
            boolean left = name.startsWith(PART)
                    && Files.exists(folder)
                    && Files.getLastModifiedTime(folder).toInstant().isBefore(old);
            if (name.startsWith(GONE) || left) delete(folder);
        }
    }

    /** Deletes a folder that other processes may be deleting at the same time. */
    private static void delete(Path folder) throws IOException {
        try {
            PathUtils.deleteDirectory(folder);
        } catch (IOException | UncheckedIOException e) {
            if (Files.exists(folder)) throw e;
        }
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> all = Files.list(cache)) {
            return all.filter(Files::isDirectory).toList();
        }
    }

    private static boolean isHidden(Path folder) {
        return folder.getFileName().toString().startsWith(".");
    }

    private static Entry entry(Path folder) throws IOException {
        return new Entry(
                folder,
                PathUtils.sizeOfDirectory(folder),
                Files.getLastModifiedTime(folder).toInstant());
    }
}
