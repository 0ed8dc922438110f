package io.lorahub.engine.lora;

import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/** SHA-256 of files. */
public final class FileHashes {

    private FileHashes() {}

    /** By file name. */
    public static SortedMap<String, String> of(Collection<Path> files) {
        SortedMap<String, String> hashes = new TreeMap<>();
        for (Path file : files) hashes.put(file.getFileName().toString(), sha256(file));
        return hashes;
    }

    public static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in);
        } catch (IOException e) {
            throw new EngineException("The file %s cannot be read: %s.".formatted(file, e.getMessage()), e);
        }
    }

    /** Of the whole stream, which stays open. */
    public static String sha256(InputStream bytes) throws IOException {
        DigestInputStream in = new DigestInputStream(bytes, digest());
        in.transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
