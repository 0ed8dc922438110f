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
 * @param files by name
 */
public record StagedFolder(SortedMap<String, StagedFile> files) {

    /** Stages the files directly in the folder whose names match. This takes as long as reading them. */
    public static StagedFolder of(ObjectStore store, Path folder, Predicate<String> wanted) throws IOException {
        SortedMap<String, StagedFile> staged = new TreeMap<>();
        try (Stream<Path> found = Files.list(folder)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!wanted.test(name)) continue;
                try (InputStream in = Files.newInputStream(file)) {
                    staged.put(name, store.stage(in, Long.MAX_VALUE));
                }
            }
        }
        return new StagedFolder(staged);
    }

    /** Publishes the files; call this before the transaction that stores their {@link #hashes}. */
    public HeldBlobs publish(Blobs blobs) {
        return blobs.publish(files.values());
    }

    /** SHA-256 by file name. */
    public Map<String, String> hashes() {
        Map<String, String> hashes = new TreeMap<>();
        files.forEach((name, staged) -> hashes.put(name, staged.sha256()));
        return hashes;
    }
}
