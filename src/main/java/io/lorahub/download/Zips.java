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
     * What the database says of a zip.
     *
     * @param folder    that all files are in; the zip is called as it is
     * @param files     SHA-256 by name
     * @param sizes     in bytes, by SHA-256
     * @param everybody whether everybody may see it
     * @param adapter   whose count of downloads it adds to
     */
    record Plan(
            String folder,
            Map<String, String> files,
            Map<String, Long> sizes,
            Instant modified,
            boolean everybody,
            Optional<Long> adapter) {}

    /** Not in a transaction, as files may have to be read. */
    Download of(Plan plan) {
        Map<String, Long> crc32 = checksums.crc32(plan.files.values());
        List<ZipLayout.Entry> entries = new ArrayList<>();
        plan.files.forEach((file, sha256) -> entries.add(
                new ZipLayout.Entry(plan.folder + "/" + file, sha256, plan.sizes.get(sha256), crc32.get(sha256))));
        return new Download(
                plan.folder + ".zip",
                ZipLayout.of(entries),
                tag(entries),
                plan.modified,
                Optional.empty(),
                plan.everybody,
                plan.adapter);
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
