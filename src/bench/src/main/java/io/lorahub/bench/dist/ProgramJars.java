package io.lorahub.bench.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The packaged program without the native libraries of other machines.
 *
 * @param more jars that belong to the program's own
 */
record ProgramJars(Path program, Set<DistPlatform> platforms, List<Path> more) {

    /** The folders whose jars the launcher puts on the class path. */
    private static final List<String> FOLDERS = List.of("app", "lib/boot", "lib/main", "quarkus");

    private static final String LIBTORCH = "pytorch/cpu/";
    private static final String LIBTORCH_PROPERTIES = "native/lib/pytorch.properties";

    private interface Copying {
        void put(ZipFile zip, ZipArchiveEntry entry, ZipArchiveOutputStream jar) throws IOException;
    }

    /** With the compressed bytes as they are. */
    void copyTo(Path folder) throws IOException {
        write(folder, (zip, entry, jar) -> {
            try (InputStream raw = zip.getRawInputStream(entry)) {
                jar.addRawArchiveEntry(entry, raw);
            }
        });
    }

    /**
     * For an archive that compresses all jars together: uncompressed, because this makes it a quarter smaller. libtorch
     * becomes files, which nobody has to unpack.
     */
    void storeTo(Path folder, Path libtorch) throws IOException {
        Files.createDirectories(libtorch);
        write(folder, (zip, entry, jar) -> {
            try (InputStream content = zip.getInputStream(entry)) {
                if (entry.getName().startsWith(LIBTORCH)) {
                    String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                    if (!entry.isDirectory()) Files.copy(content, libtorch.resolve(name));
                    return;
                }
                byte[] bytes = content.readAllBytes();
                if (entry.getName().equals(LIBTORCH_PROPERTIES)) {
                    Properties properties = new Properties();
                    properties.load(zip.getInputStream(entry));
                    String version = properties.getProperty("version").replaceFirst("-.*", "");
                    Files.writeString(libtorch.resolve("version"), version + "\n");
                }
                ZipArchiveEntry stored = new ZipArchiveEntry(entry.getName());
                stored.setMethod(ZipArchiveEntry.STORED);
                stored.setSize(bytes.length);
                stored.setCrc(entry.getCrc());
                stored.setTimeLocal(entry.getTimeLocal());
                jar.putArchiveEntry(stored);
                jar.write(bytes);
                jar.closeArchiveEntry();
            }
        });
    }

    private void write(Path target, Copying copying) throws IOException {
        for (String name : FOLDERS) {
            Path folder = Files.createDirectories(target.resolve(name));
            for (Path jar : jars(program.resolve(name))) write(jar, folder, copying);
        }
        for (Path jar : more) write(jar, target.resolve("lib/main"), copying);
    }

    /** A jar that held nothing else than what is left out isn't written. */
    private void write(Path jar, Path folder, Copying copying) throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
            List<ZipArchiveEntry> kept = entries.stream()
                    .filter(entry -> !isForeign(entry.getName()))
                    .toList();
            if (kept.size() < entries.size() && kept.stream().allMatch(ProgramJars::isAboutTheJar)) return;
            try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(folder.resolve(jar.getFileName()))) {
                for (ZipArchiveEntry entry : kept) copying.put(zip, entry, out);
            }
        }
    }

    private static boolean isAboutTheJar(ZipArchiveEntry entry) {
        return entry.isDirectory() || entry.getName().matches("META-INF/.*|" + LIBTORCH_PROPERTIES);
    }

    private boolean isForeign(String entry) {
        return platforms.stream().allMatch(platform -> platform.isForeign(entry));
    }

    static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }
}
