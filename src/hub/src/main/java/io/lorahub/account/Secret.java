package io.lorahub.account;

import java.security.SecureRandom;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * 256 random bits known only to their holder; only the SHA-256 is stored. Salt and a slow hash are unnecessary, because
 * the value cannot be guessed.
 *
 * @param text the holder's form: a prefix that identifies the kind, and 43 characters of base64url
 */
public record Secret(String text) {

    /** Prefix of access tokens, which lets secret scanners recognise them. */
    public static final String TOKEN_PREFIX = "lh_";

    private static final SecureRandom RANDOM = new SecureRandom();

    public static Secret random(String prefix) {
        byte[] bits = new byte[32];
        RANDOM.nextBytes(bits);
        return new Secret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** Hash of 32 bytes. */
    public byte[] hash() {
        return DigestUtils.sha256(text);
    }

    @Override
    public String toString() {
        return "Secret[…]";
    }
}
