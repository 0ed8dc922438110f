package io.lorahub.demo;

import io.lorahub.engine.error.EngineException;
import io.lorahub.xdg.UnpackedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarFile;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Demo hubs unpacked from jars, each in a folder named after its contents. A folder appears only when complete; a lock
 * keeps two processes from unpacking at once, and files damaged later are unpacked again.
 */
final class DemoHubCache {

    private static final String PREFIX = "demo-hub/";

    private final Path folder;

    DemoHubCache(Path folder) {
        this.folder = folder;
    }

    Path unpacked(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Entries entries = Entries.in(file);
            Path hub = folder.resolve("demo-hub-" + entries.digest());
            UnpackedFolder.fill(hub, "demo-hub.lock", entries::areIn, part -> copy(file, entries, part));
            return hub;
        } catch (IOException e) {
            throw new EngineException(
                    "The demo hub cannot be unpacked to %s (%s); set XDG_CACHE_HOME to a folder that can be written."
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    private static void copy(JarFile jar, Entries entries, Path target) throws IOException {
        for (Entries.Item item : entries.items()) {
            Path file = target.resolve(item.path());
            Files.createDirectories(file.getParent());
            try (InputStream in = jar.getInputStream(jar.getJarEntry(item.entry()))) {
                Files.copy(in, file);
            }
        }
    }

    /**
     * The demo hub's files in a jar.
     *
     * @param digest digest of their names, sizes and checksums: builds that differ only in code share one unpacked
     *     folder, and it can be computed without reading the whole jar
     */
    private record Entries(List<Item> items, String digest) {

        /** @param path path relative to the hub's folder */
        record Item(String entry, String path, long size) {}

        static Entries in(JarFile jar) {
            MessageDigest digest = DigestUtils.getSha256Digest();
            List<Item> items = jar.stream()
                    .filter(e -> e.getName().startsWith(PREFIX) && !e.isDirectory())
                    .sorted(Comparator.comparing(e -> e.getName()))
                    .map(e -> {
                        String line = e.getName() + ' ' + e.getSize() + ' ' + e.getCrc() + '\n';
                        digest.update(line.getBytes(StandardCharsets.UTF_8));
                        return new Item(e.getName(), e.getName().substring(PREFIX.length()), e.getSize());
                    })
                    .toList();
            return new Entries(items, HexFormat.of().formatHex(digest.digest(), 0, 8));
        }

        /** Whether a folder contains all of these files with the right sizes. */
        boolean areIn(Path folder) throws IOException {
            for (Item item : items) {
                Path file = folder.resolve(item.path);
                if (!Files.isRegularFile(file) || Files.size(file) != item.size) return false;
            }
            return true;
        }
    }
}
