package io.lorahub.account;

import io.quarkus.elytron.security.common.BcryptUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import me.gosimple.nbvcxz.Nbvcxz;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Checks passwords according to NIST SP 800-63B: they must be long and not among the common ones. There are no rules
 * about digits and special characters, because these lead to worse passwords.
 */
public final class Passwords {

    /** Characters as people count them. */
    public static final int LEAST = 10;

    /** Enough for any sentence, and short enough to hash at no noticeable cost. */
    public static final int MOST = 200;

    private static final Set<String> COMMON = readCommon();

    /** Hash to compare with if there is no such account, so that the answer takes just as long. */
    private static final String NOBODY = hash(Secret.random("").text());

    private Passwords() {}

    /** Describes the error in a new password, as a sentence; empty if it is acceptable. */
    public static Optional<String> fault(String password, String name) {
        int length = password.codePointCount(0, password.length());
        if (length < LEAST) {
            return Optional.of("This password has %d characters; it needs at least %d. A short phrase works well."
                    .formatted(length, LEAST));
        }
        if (length > MOST) {
            return Optional.of("This password has %d characters; the limit is %d.".formatted(length, MOST));
        }
        String plain = password.strip().toLowerCase(Locale.ROOT);
        if (COMMON.contains(plain) || plain.codePoints().distinct().count() < 3) {
            return Optional.of("This password is one of the most common ones. Choose another one.");
        }
        String others = plain.replace(name.toLowerCase(Locale.ROOT), "");
        if (others.codePointCount(0, others.length()) < LEAST / 2) {
            return Optional.of("This password is too similar to the account name. Choose another one.");
        }
        return Optional.empty();
    }

    /** Bcrypt hash that includes its salt and cost. */
    public static String hash(String password) {
        return BcryptUtil.bcryptHash(digest(password));
    }

    /** @param hash null for a missing account or one without a password: the result is false, after the same time */
    public static boolean matches(String password, String hash) {
        boolean same = BcryptUtil.matches(digest(password), hash == null ? NOBODY : hash);
        return same && hash != null;
    }

    /**
     * Bcrypt reads at most 72 bytes, so it gets 44 characters that depend on the whole password. Texts that look alike
     * but were typed on different systems, such as é as one character or two, are normalised first.
     */
    private static String digest(String password) {
        String canonical = Normalizer.normalize(password, Normalizer.Form.NFKC);
        return Base64.getEncoder().encodeToString(DigestUtils.sha256(canonical));
    }

    private static Stream<String> lines(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines();
    }

    private static Set<String> readCommon() {
        // Our list holds long ones; nbvcxz, a port of zxcvbn, supplies the most common leaked ones.
        try (InputStream ours = Passwords.class.getResourceAsStream("/account/common-passwords.txt");
                InputStream leaked = Nbvcxz.class.getResourceAsStream("/dictionaries/passwords.txt")) {
            return Stream.of(ours, leaked)
                    .flatMap(Passwords::lines)
                    .filter(password -> password.length() >= LEAST)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("The list of common passwords cannot be read.", e);
        }
    }
}
