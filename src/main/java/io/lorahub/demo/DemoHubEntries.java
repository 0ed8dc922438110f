package io.lorahub.demo;

import java.io.IOException;
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
 * The demo hub's files in a jar.
 *
 * @param digest of their names, sizes and checksums: builds that differ only in code share one unpacked folder, and the
 *               whole jar need not be read to know it
 */
record DemoHubEntries(List<Item> items, String digest) {

    private static final String PREFIX = "demo-hub/";

    /** @param path below the hub's folder */
    record Item(String entry, String path, long size) {}

    static DemoHubEntries in(JarFile jar) {
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
        return new DemoHubEntries(items, HexFormat.of().formatHex(digest.digest(), 0, 8));
    }

    /** Whether all of them lie in a folder with their sizes. */
    boolean areIn(Path folder) throws IOException {
        for (Item item : items) {
            Path file = folder.resolve(item.path);
            if (!Files.isRegularFile(file) || Files.size(file) != item.size) return false;
        }
        return true;
    }
}
