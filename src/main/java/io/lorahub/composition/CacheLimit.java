package io.lorahub.composition;

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

/** Keeps a folder of folders within a number of bytes: the ones that were not used for longest go. */
final class CacheLimit {

    /** Begins the name of a folder that is not complete. */
    static final String PART = ".part-";

    /** Begins the name of a folder that nobody will open any more. */
    private static final String GONE = ".gone-";

    /** What a killed process left; no transfer takes so long. */
    private static final Duration LEFT = Duration.ofDays(1);

    private record Entry(Path folder, long bytes, Instant used) {}

    private final Path cache;
    private final long bytes;

    CacheLimit(Path cache, long bytes) {
        this.cache = cache;
        this.bytes = bytes;
    }

    /** Takes folders that are too much out of reach; the caller sees to it that nobody opens one meanwhile. */
    void setAside(Path keep) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path folder : folders()) {
            if (!isHidden(folder)) entries.add(entry(folder));
        }
        long sum = entries.stream().mapToLong(Entry::bytes).sum();
        entries.sort(Comparator.comparing(Entry::used));
        for (Entry entry : entries) {
            if (sum <= bytes) return;
            if (entry.folder().equals(keep)) continue;
            setAsideAlone(entry.folder());
            sum -= entry.bytes();
        }
    }

    /** Takes this folder out of reach, if it is there. */
    void setAsideAlone(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        Path gone = folder.resolveSibling(GONE + folder.getFileName());
        if (Files.exists(gone)) delete(gone);
        Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes what was set aside, and what processes left that were killed. */
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

    /** Several may be at it. */
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
