package io.lorahub.composition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.apache.commons.io.file.PathUtils;
import org.jboss.logging.Logger;

/**
 * Local folders of adapters and base models, each known by the hashes of its files, so that it is fetched once. Any
 * number of processes may share the cache: who opens files holds a shared lock, who removes a folder an exclusive one.
 */
final class RunFiles {

    private static final Logger LOG = Logger.getLogger(RunFiles.class);

    /** Where files come from. */
    interface Source {

        /** Makes them files of a folder, by their names and SHA-256. */
        void place(Map<String, String> files, Path folder) throws IOException;

        /** Whether files that were placed before are still what they were. */
        default boolean areSound(Map<String, String> files, Path folder) throws IOException {
            return true;
        }
    }

    private final Path cache;
    private final Source source;
    private final CacheLimit limit;
    private final CacheLock lock;

    /** @param bytes that all folders may have together; the ones that were not used for longest go */
    RunFiles(Path cache, Source source, long bytes) {
        this.cache = cache;
        this.source = source;
        this.limit = new CacheLimit(cache, bytes);
        this.lock = CacheLock.of(cache);
    }

    /**
     * Opens a folder with these files. It must not be written to, and may go when the function has returned: what is open
     * then stays readable.
     */
    <T> T with(Map<String, String> files, Function<Path, T> open) {
        Path folder = cache.resolve(key(files));
        try {
            Files.createDirectories(cache);
            dropDamaged(files, folder);
            while (true) {
                Optional<T> opened =
                        lock.shared(() -> touch(folder) ? Optional.of(open.apply(folder)) : Optional.empty());
                if (opened.isPresent()) return opened.get();
                fetch(files, folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A disk changes bytes, or somebody does: what is used is what the hashes say. */
    private void dropDamaged(Map<String, String> files, Path folder) throws IOException {
        try {
            if (!Files.isDirectory(folder) || source.areSound(files, folder)) return;
        } catch (NoSuchFileException e) {
            // incomplete, or set aside at this moment
        }
        LOG.warnf("The cached files in %s are damaged; they are fetched again.", folder);
        lock.exclusive(() -> {
            limit.setAsideAlone(folder);
            return folder;
        });
    }

    /** Notes that it is used; false where it is not there. */
    private static boolean touch(Path folder) throws IOException {
        try {
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void fetch(Map<String, String> files, Path folder) throws IOException {
        Path part = Files.createDirectory(cache.resolve(CacheLimit.PART + UUID.randomUUID()));
        try {
            source.place(files, part);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Java has no word of its own for a move onto a folder that holds something
            if (!Files.isDirectory(folder)) throw e;
        } finally {
            if (Files.exists(part)) PathUtils.deleteDirectory(part);
        }
        // while somebody loads a model nobody waits for that; whoever fetches next keeps the limit
        lock.ifFree(() -> {
            limit.setAside(folder);
            return folder;
        });
        limit.clear();
    }

    /** 64 hexadecimal digits, the same for the same names and contents. */
    static String key(Map<String, String> files) {
        try {
            byte[] text = new TreeMap<>(files).toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
