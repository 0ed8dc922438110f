package io.lorahub.bench;

import io.lorahub.engine.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads a zip that a hub sent, and each safetensors file in it. */
final class DownloadedZip {

    private DownloadedZip() {}

    /** @return how many tensors each safetensors file holds, by the file's name */
    static Map<String, Integer> read(Path zip) throws IOException {
        Map<String, Integer> tensors = new TreeMap<>();
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                if (entry.getName().endsWith(".safetensors")) {
                    String name = Path.of(entry.getName()).getFileName().toString();
                    tensors.put(name, count(file, entry, zip.resolveSibling("download.safetensors")));
                }
            }
        }
        return tensors;
    }

    private static int count(ZipFile file, ZipEntry entry, Path target) throws IOException {
        try (InputStream in = file.getInputStream(entry)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            try (SafetensorsFile tensors = SafetensorsFile.open(target)) {
                return tensors.names().size();
            }
        } finally {
            Files.deleteIfExists(target);
        }
    }
}
