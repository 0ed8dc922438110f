package io.lorahub.download;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes zips of stored files. */
@ApplicationScoped
class Zips {

    private final Checksums checksums;

    Zips(Checksums checksums) {
        this.checksums = checksums;
    }

    /**
     * @param folder    that all files are in; the zip is called as it is
     * @param files     SHA-256 by name
     * @param sizes     in bytes, by SHA-256
     * @param everybody whether everybody may see it
     * @param adapter   whose count of downloads it adds to
     */
    Download of(
            String folder,
            Map<String, String> files,
            Map<String, Long> sizes,
            Instant modified,
            boolean everybody,
            Optional<Long> adapter) {
        List<ZipLayout.Entry> entries = new ArrayList<>();
        files.forEach((file, sha256) -> {
            long size = sizes.get(sha256);
            entries.add(new ZipLayout.Entry(folder + "/" + file, sha256, size, checksums.crc32(sha256, size)));
        });
        return new Download(
                folder + ".zip", ZipLayout.of(entries), tag(entries), modified, Optional.empty(), everybody, adapter);
    }

    /** The layout follows from names and contents. */
    private static String tag(List<ZipLayout.Entry> entries) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ZipLayout.Entry entry : entries) {
                digest.update((entry.name() + "\0" + entry.sha256() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return "zip-" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
