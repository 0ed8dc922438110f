package io.lorahub.download;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers who has downloaded which adapter today, so that a download counts once per day (UTC) for each member or
 * visitor's address. Addresses are not stored: only keyed hashes are held in memory, never written anywhere, and
 * discarded with the key at the end of the day. Each web process knows only its own downloads, and after a restart a
 * download can be counted again.
 */
@ApplicationScoped
class FirstDownloads {

    private static final String HASH = "HmacSHA256";

    /** Takes some ten megabytes. On a day with more downloads, all further ones are counted. */
    private static final int REMEMBERED = 200_000;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Set<Long> seen = new HashSet<>();
    private LocalDate day = LocalDate.MIN;
    private Mac mac;

    @Inject
    FirstDownloads() {
        this(Clock.systemUTC());
    }

    FirstDownloads(Clock clock) {
        this.clock = clock;
    }

    /** @param who a member or an address, as text */
    synchronized boolean isFirst(long adapter, String who) {
        LocalDate today = LocalDate.now(clock);
        if (!today.equals(day)) begin(today);
        long hash = ByteBuffer.wrap(mac.doFinal((adapter + " " + who).getBytes(StandardCharsets.UTF_8)))
                .getLong();
        if (seen.size() >= REMEMBERED) return !seen.contains(hash);
        return seen.add(hash);
    }

    private void begin(LocalDate today) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        try {
            mac = Mac.getInstance(HASH);
            mac.init(new SecretKeySpec(key, HASH));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HMAC with SHA-256.", e);
        }
        seen.clear();
        day = today;
    }
}
