package io.lorahub.imports.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/** Ids of contents in Git. */
public final class GitId {

    private GitId() {}

    /** Whether a text has the form of such an id. */
    public static boolean isOne(String text) {
        return text.matches("[0-9a-f]{40}");
    }

    /**
     * Id of a blob: SHA-1 of a header with the length, and the content.
     *
     * @param size of the content in bytes
     */
    public static String of(InputStream content, long size) throws IOException {
        MessageDigest digest = DigestUtils.getSha1Digest();
        digest.update("blob %d\0".formatted(size).getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of()
                .formatHex(DigestUtils.updateDigest(digest, content).digest());
    }
}
