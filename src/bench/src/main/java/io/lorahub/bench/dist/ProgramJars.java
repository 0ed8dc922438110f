package io.lorahub.bench.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The packaged program without the native libraries of other machines. */
record ProgramJars(Path program, Set<DistPlatform> platforms) {

    /** The folders whose jars the launcher puts on the class path. */
    private static final List<String> FOLDERS = List.of("app", "lib/boot", "lib/main", "quarkus");

    /** @param more jars that belong to the program's own */
    void copyTo(Path target, List<Path> more) throws IOException {
        for (String name : FOLDERS) {
            Path folder = Files.createDirectories(target.resolve(name));
            for (Path jar : jars(program.resolve(name))) copy(jar, folder);
        }
        for (Path jar : more) copy(jar, target.resolve("lib/main"));
    }

    static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    /** A jar that held nothing else than what is left out isn't copied. */
    private void copy(Path jar, Path folder) throws IOException {
        Path copy = folder.resolve(jar.getFileName());
        try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
            List<ZipArchiveEntry> kept = entries.stream()
                    .filter(entry -> !isForeign(entry.getName()))
                    .toList();
            if (kept.size() == entries.size()) {
                Files.copy(jar, copy);
            } else if (kept.stream().anyMatch(holdsSomething())) {
                write(zip, kept, copy);
            }
        }
    }

    private boolean isForeign(String entry) {
        return platforms.stream().allMatch(platform -> platform.isForeign(entry));
    }

    private static Predicate<ZipArchiveEntry> holdsSomething() {
        return entry -> !entry.isDirectory() && !entry.getName().startsWith("META-INF/");
    }

    /** With the compressed bytes as they are. */
    private static void write(ZipFile zip, List<ZipArchiveEntry> entries, Path file) throws IOException {
        try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(file)) {
            for (ZipArchiveEntry entry : entries) {
                try (InputStream raw = zip.getRawInputStream(entry)) {
                    out.addRawArchiveEntry(entry, raw);
                }
            }
        }
    }
}
