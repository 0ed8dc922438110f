package io.lorahub.adapter.repository;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A file of a commit.
 *
 * @param path below the repository's root, with slashes
 * @param size in bytes
 * @param sha256 of the content
 * @param oid the SHA-1 that Git gives the file: of the content, or of the pointer if it is stored by Git LFS
 * @param lfs whether clients are told that Git LFS stores it, so that they compare it by its SHA-256
 */
public record TreeFile(String path, long size, String sha256, String oid, boolean lfs) {

    /** Larger files are stored by Git LFS, whatever they are called. */
    public static final long LARGEST_REGULAR = 1 << 20;

    /** A file for which the content need not be read: its Git id is that of the LFS pointer. */
    public static TreeFile lfs(String path, long size, String sha256) {
        return new TreeFile(path, size, sha256, gitOid(pointer(sha256, size)), true);
    }

    public static TreeFile regular(String path, byte[] content) {
        return new TreeFile(path, content.length, DigestUtils.sha256Hex(content), gitOid(content), false);
    }

    /** Whether a file of this name and size is stored by Git LFS: weights and everything large. */
    public static boolean isLfs(String path, long size) {
        String name = path.toLowerCase(Locale.ROOT);
        return size > LARGEST_REGULAR || name.endsWith(".safetensors") || name.endsWith(".bin");
    }

    /** Git's id of a blob: the SHA-1 of its header and content. */
    public static String gitOid(byte[] content) {
        byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        var digest = DigestUtils.getSha1Digest();
        digest.update(header);
        return java.util.HexFormat.of().formatHex(digest.digest(content));
    }

    /** The text that Git itself would store (git-lfs, docs/spec.md). */
    private static byte[] pointer(String sha256, long size) {
        return "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
                .formatted(sha256, size)
                .getBytes(StandardCharsets.US_ASCII);
    }

    @JsonIgnore
    public int pointerSize() {
        return pointer(sha256, size).length;
    }

    /** Clients keep it under this name: the SHA-256 for LFS, otherwise Git's id. */
    @JsonIgnore
    public String etag() {
        return lfs ? sha256 : oid;
    }
}
