package io.lorahub.bench.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Writes folders as files that have the same bytes wherever and whenever they are written.
 *
 * @param time of all entries
 */
record ReleaseFiles(Instant time) {

    private static final int PROGRAM = 0755;
    private static final int FILE = 0644;

    void tar(Path folder, Path file) throws IOException {
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_COMPRESSION);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                TarArchiveOutputStream tar =
                        new TarArchiveOutputStream(new GzipCompressorOutputStream(out, parameters), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Path path : sorted(folder)) {
                TarArchiveEntry entry;
                if (Files.isSymbolicLink(path)) {
                    entry = new TarArchiveEntry(name(folder, path), TarConstants.LF_SYMLINK);
                    entry.setLinkName(Files.readSymbolicLink(path).toString());
                } else {
                    entry = new TarArchiveEntry(name(folder, path));
                    if (Files.isRegularFile(path)) entry.setSize(Files.size(path));
                    entry.setMode(mode(path));
                }
                entry.setModTime(time.toEpochMilli());
                entry.setNames("root", "root");
                tar.putArchiveEntry(entry);
                if (entry.getSize() > 0) Files.copy(path, tar);
                tar.closeArchiveEntry();
            }
        }
    }

    void zip(Path folder, Path file) throws IOException {
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            for (Path path : sorted(folder)) {
                ZipArchiveEntry entry = new ZipArchiveEntry(name(folder, path));
                entry.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
                entry.setUnixMode(mode(path));
                zip.putArchiveEntry(entry);
                if (Files.isRegularFile(path)) Files.copy(path, zip);
                zip.closeArchiveEntry();
            }
        }
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted().toList();
        }
    }

    private static String name(Path folder, Path path) {
        String name = folder.getParent().relativize(path).toString();
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name;
    }

    private static int mode(Path path) {
        return Files.isExecutable(path) ? PROGRAM : FILE;
    }
}
