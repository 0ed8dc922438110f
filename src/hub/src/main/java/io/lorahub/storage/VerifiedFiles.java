package io.lorahub.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.output.NullOutputStream;

/**
 * Remembers which local files this process has read in full, and their SHA-256. A large base model is therefore hashed
 * once rather than at each use; a file whose size, modification time or identity on disk has changed is read again.
 */
final class VerifiedFiles {

    private static final int MOST = 100_000;

    /** @param file the file system's identifier, regardless of path; the path if there is no such identifier */
    private record Version(Object file, long size, FileTime modified) {

        static Version of(Path path) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            Object file = attributes.fileKey() == null ? path.toAbsolutePath() : attributes.fileKey();
            return new Version(file, attributes.size(), attributes.lastModifiedTime());
        }
    }

    private final Map<Version, String> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Version, String> eldest) {
            return size() > MOST;
        }
    });

    /** Whether the file is known to hold this content, without reading it; false if it has not been read yet. */
    boolean isKnown(Path file, String sha256) throws IOException {
        return sha256.equals(known.get(Version.of(file)));
    }

    /** Whether the file holds this content; reads the file if that is not known yet. */
    boolean verify(Path file, String sha256) throws IOException {
        Version before = Version.of(file);
        String hash = known.get(before);
        if (hash == null) {
            hash = hash(file);
            if (before.equals(Version.of(file))) known.put(before, hash);
        }
        return hash.equals(sha256);
    }

    /** Records a file that this process wrote and hashed. */
    void remember(Path file, String sha256) throws IOException {
        known.put(Version.of(file), sha256);
    }

    /** Makes files with this content be read again before they are trusted. */
    void forget(String sha256) {
        known.values().removeIf(sha256::equals);
    }

    private static String hash(Path file) throws IOException {
        MessageDigest digest = DigestUtils.getSha256Digest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(NullOutputStream.INSTANCE);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
