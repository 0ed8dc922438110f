package io.lorahub.storage;

import io.lorahub.storage.object.StoreFullException;
import io.lorahub.storage.object.StoreUnavailableException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Whether the object store answers, as far as this process knows, so that an outage takes two lines in the log: one when
 * it begins and one when it ends. A store that is full does answer.
 */
public final class StoreOutage {

    /** Of this process. */
    public static final StoreOutage HERE = new StoreOutage(System::nanoTime);

    /** Without a failure for so long, an answer is the end: not each operation of an outage fails. */
    private static final long QUIET = Duration.ofSeconds(2).toNanos();

    private static final int DEPTH = 10;

    private final LongSupplier nanos;
    private volatile boolean on;
    private long since;
    private long lastFailure;

    /** @param nanos nanoseconds since some fixed moment; never decreases */
    public StoreOutage(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether a failure is that of the store as a whole. */
    public static boolean isCause(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(DEPTH)
                .anyMatch(
                        cause -> cause instanceof StoreUnavailableException && !(cause instanceof StoreFullException));
    }

    /**
     * Takes note of a failure.
     *
     * @return whether it is the first of an outage
     */
    public synchronized boolean begins() {
        lastFailure = nanos.getAsLong();
        if (on) return false;
        since = lastFailure;
        on = true;
        return true;
    }

    /**
     * The store answers.
     *
     * @return how long it didn't; empty if there was no outage, or if it may not have ended
     */
    public Optional<Duration> end() {
        return on ? endIfQuiet() : Optional.empty();
    }

    private synchronized Optional<Duration> endIfQuiet() {
        long now = nanos.getAsLong();
        if (!on || now - lastFailure < QUIET) return Optional.empty();
        on = false;
        return Optional.of(Duration.ofNanos(now - since));
    }
}
