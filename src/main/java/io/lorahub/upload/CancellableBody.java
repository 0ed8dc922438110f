package io.lorahub.upload;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The bytes of a file on their way, which break off where they are not wanted any more: the upload may be cancelled
 * while they come, and no single request should go on for days.
 */
final class CancellableBody extends InputStream {

    private static final Duration OFTEN = Duration.ofSeconds(20);

    private final InputStream body;
    private final Duration longest;
    private final BooleanSupplier wanted;
    private final LongSupplier nanoClock;
    private final long started;

    private long asked;

    /**
     * @param longest   how long it may take in all
     * @param wanted    asked every now and then whether to go on
     * @param nanoClock as {@link System#nanoTime}
     */
    CancellableBody(InputStream body, Duration longest, BooleanSupplier wanted, LongSupplier nanoClock) {
        this.body = body;
        this.longest = longest;
        this.wanted = wanted;
        this.nanoClock = nanoClock;
        started = nanoClock.getAsLong();
        asked = started;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long now = nanoClock.getAsLong();
        if (now - asked > OFTEN.toNanos()) {
            asked = now;
            if (now - started > longest.toNanos()) throw new IOException("The body comes for too long.");
            if (!wanted.getAsBoolean()) throw new IOException("The body is not wanted any more.");
        }
        return body.read(target, offset, length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }
}
