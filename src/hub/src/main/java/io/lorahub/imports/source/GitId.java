package io.lorahub.imports.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/** Ids of contents in Git. */
public final class GitId {

    private GitId() {}

    /** Id of a blob: SHA-1 of a header with the length, and the content. */
    public static String of(byte[] content) {
        MessageDigest digest = DigestUtils.getSha1Digest();
        digest.update("blob %d\0".formatted(content.length).getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest.digest(content));
    }
}
