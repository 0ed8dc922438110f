package io.lorahub.composition;

import io.lorahub.storage.Blobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.commons.io.file.PathUtils;

/** Local folders of adapters and base models, each known by the hashes of its files, so that it is fetched once. */
final class RunFiles {

    private final Path cache;
    private final Blobs blobs;

    RunFiles(Path cache, Blobs blobs) {
        this.cache = cache;
        this.blobs = blobs;
    }

    /** A folder with these files; it must not be written to. */
    Path folder(Map<String, String> files) {
        Path folder = cache.resolve(key(files));
        if (Files.isDirectory(folder)) return folder;
        try {
            Files.createDirectories(cache);
            Path part = Files.createDirectory(cache.resolve(".part-" + UUID.randomUUID()));
            try {
                blobs.place(files, part);
                Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (java.nio.file.FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
                // another slot was faster
            } finally {
                if (Files.exists(part)) PathUtils.deleteDirectory(part);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 64 hexadecimal digits, the same for the same names and contents. */
    static String key(Map<String, String> files) {
        try {
            byte[] text = new TreeMap<>(files).toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
