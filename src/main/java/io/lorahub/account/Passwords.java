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
 * Which passwords are good enough, after NIST SP 800-63B: long, and none that everybody tries first. No rules about
 * digits and signs, which make passwords worse.
 */
public final class Passwords {

    /** In characters as people count them. */
    public static final int LEAST = 10;

    /** Enough for any sentence, and so little that hashing it costs nothing. */
    public static final int MOST = 200;

    private static final Set<String> COMMON = readCommon();

    /** Nobody's. Compared with where there is no account, so that the answer takes as long. */
    private static final String NOBODY = hash(Secret.random("").text());

    private Passwords() {}

    /** What is wrong with a new password, as a sentence; empty if it is good. */
    public static Optional<String> fault(String password, String name) {
        int length = password.codePointCount(0, password.length());
        if (length < LEAST) {
            return Optional.of("This password has %d characters; it needs at least %d. A short phrase works well."
                    .formatted(length, LEAST));
        }
        if (length > MOST) {
            return Optional.of("This password has %d characters; at most %d are possible.".formatted(length, MOST));
        }
        String plain = password.strip().toLowerCase(Locale.ROOT);
        if (COMMON.contains(plain) || plain.codePoints().distinct().count() < 3) {
            return Optional.of("This password is one of those that are tried first; choose another one.");
        }
        String others = plain.replace(name.toLowerCase(Locale.ROOT), "");
        if (others.codePointCount(0, others.length()) < LEAST / 2) {
            return Optional.of("This password is little more than the account name; choose another one.");
        }
        return Optional.empty();
    }

    /** Bcrypt with its salt and cost within. */
    public static String hash(String password) {
        return BcryptUtil.bcryptHash(digest(password));
    }

    /** @param hash null for an account without a password, and for no account: false, in the same time */
    public static boolean matches(String password, String hash) {
        boolean same = BcryptUtil.matches(digest(password), hash == null ? NOBODY : hash);
        return same && hash != null;
    }

    /**
     * Bcrypt reads no more than 72 bytes; so it gets 44 characters that depend on all of the password. What looks alike
     * but was typed on another system, such as é in one character or two, is made the same before.
     */
    private static String digest(String password) {
        String canonical = Normalizer.normalize(password, Normalizer.Form.NFKC);
        return Base64.getEncoder().encodeToString(DigestUtils.sha256(canonical));
    }

    private static Stream<String> lines(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines();
    }

    private static Set<String> readCommon() {
        // Ours are the long ones; nbvcxz, a port of zxcvbn, brings those that leaks had most often.
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
