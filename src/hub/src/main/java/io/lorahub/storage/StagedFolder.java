package io.lorahub.storage;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Staged files from a local folder that are kept together.
 *
 * @param files  by name
 * @param stored SHA-256 by name of files of the folder that are in the store already; the caller holds them
 */
public record StagedFolder(SortedMap<String, StagedFile> files, Map<String, String> stored) {

    /** Stages the files directly in the folder whose names match. This takes as long as reading them. */
    public static StagedFolder of(ObjectStore store, Path folder, Predicate<String> filter) throws IOException {
        return of(store, folder, filter, Map.of());
    }

    /** The same, without the files that are in the store already. */
    public static StagedFolder of(ObjectStore store, Path folder, Predicate<String> filter, Map<String, String> stored)
            throws IOException {
        SortedMap<String, StagedFile> staged = new TreeMap<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file : entries.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!filter.test(name) || stored.containsKey(name)) continue;
                try (InputStream in = Files.newInputStream(file)) {
                    staged.put(name, store.stage(in, Long.MAX_VALUE));
                }
            }
        }
        return new StagedFolder(staged, stored);
    }

    /** Publishes the files; call this before the transaction that stores their {@link #hashes}. */
    public HeldBlobs publish(Blobs blobs) {
        return blobs.publish(files.values());
    }

    /** SHA-256 by file name. */
    public Map<String, String> hashes() {
        Map<String, String> hashes = new TreeMap<>(stored);
        files.forEach((name, staged) -> hashes.put(name, staged.sha256()));
        return hashes;
    }
}
