package io.lorahub.account;

import java.security.SecureRandom;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * 256 random bits that only their holder knows; we keep the SHA-256. No salt and no slow hash is needed, as nobody can
 * guess them.
 *
 * @param text what the holder shows: a prefix that tells the kind, and 43 characters of base64url
 */
public record Secret(String text) {

    /** Of access tokens, so that scanners of repositories can know them. */
    public static final String TOKEN_PREFIX = "lh_";

    private static final SecureRandom RANDOM = new SecureRandom();

    public static Secret random(String prefix) {
        byte[] bits = new byte[32];
        RANDOM.nextBytes(bits);
        return new Secret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** 32 bytes. */
    public byte[] hash() {
        return DigestUtils.sha256(text);
    }

    @Override
    public String toString() {
        return "Secret[…]";
    }
}
