package io.lorahub.engine.lora;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/** Computes SHA-256 hashes of files. */
public final class FileHashes {

    private FileHashes() {}

    /** Returns the hashes by file name. */
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

    /** Hashes the whole stream without closing it. */
    public static String sha256(InputStream bytes) throws IOException {
        return DigestUtils.sha256Hex(bytes);
    }
}
