package io.lorahub.account.signin;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.apache.commons.codec.binary.Base32;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/** Time-based one-time passwords (RFC 6238) of six digits with HMAC-SHA-1, which is what all apps compute. */
public final class TimeBasedCodes {

    /** Seconds for which a code is valid; the value that all apps use. */
    public static final int STEP = 30;

    private static final int DIGITS = 6;
    private static final int MODULUS = 1_000_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private TimeBasedCodes() {}

    /**
     * A random secret in base32 (RFC 4648) without padding.
     *
     * @param bytes a multiple of 5; RFC 4226 requires 16 and recommends 20
     */
    static String secret(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return new Base32().encodeToString(random);
    }

    /**
     * The code of a time step.
     *
     * @param secret in base32
     * @param step   seconds since 1970, divided by {@link #STEP}
     */
    public static String code(String secret, long step) {
        byte[] hash = new HmacUtils(HmacAlgorithms.HMAC_SHA_1, new Base32().decode(secret))
                .hmac(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
        // RFC 4226, 5.3: the last four bits say where the 31 bits begin that make the code
        int offset = hash[hash.length - 1] & 0xf;
        int bits = ByteBuffer.wrap(hash).getInt(offset) & Integer.MAX_VALUE;
        return ("%0" + DIGITS + "d").formatted(bits % MODULUS);
    }
}
