package io.lorahub.imports.source;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import okhttp3.Call;
import okhttp3.Response;
import org.jboss.logging.Logger;

/**
 * A request to another hub, with its redirects, and the body of the answer. {@link #check} ends it when it is no longer
 * wanted or too slow, also while a read waits for bytes: closing the connection in another thread is what ends a blocked
 * read.
 */
public final class RemoteTransfer extends InputStream {

    private static final Logger LOG = Logger.getLogger(RemoteTransfer.class);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Over how long the speed is measured while others wait. */
    private static final Duration IN_THE_WAY = Duration.ofSeconds(5);

    private final RemoteHub.Source source;
    private final String what;
    private final BooleanSupplier needed;
    private final BooleanSupplier othersWait;
    private final long slowest;
    private final Duration time;
    private final LongSupplier clock;

    private Future<?> watch;
    private InputStream body = InputStream.nullInputStream();
    private Call call;
    private RemoteHubException ended;

    /** Bytes since the speed was last measured, and for how long they were waited for, in nanoseconds. */
    private long bytes;

    private long waited;
    private boolean waiting;
    private long waitingSince;

    /**
     * @param what what is to arrive, as a noun
     * @param needed asked at each check; false ends the transfer
     * @param othersWait whether other imports wait for a thread, so that this one is in their way if it is slow
     * @param clock in nanoseconds, as {@link System#nanoTime}
     */
    RemoteTransfer(
            RemoteHub.Source source,
            String what,
            BooleanSupplier needed,
            BooleanSupplier othersWait,
            ImportConfig config,
            LongSupplier clock) {
        this.source = source;
        this.what = what;
        this.needed = needed;
        this.othersWait = othersWait;
        this.slowest = config.lowSpeedLimit().asLongValue();
        this.time = config.lowSpeedTime();
        this.clock = clock;
    }

    /** Has it checked, beginning after the first period, until it is closed. */
    RemoteTransfer watched(ScheduledExecutorService threads, Duration period) {
        watch = threads.scheduleWithFixedDelay(
                this::check, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    Response execute(Call next) throws IOException {
        synchronized (this) {
            call = next;
            if (ended != null) next.cancel();
        }
        waits();
        try {
            return next.execute();
        } finally {
            arrived(0);
        }
    }

    /** @param answer whose body is read from now on, and closed with this */
    void receive(Response answer) {
        body = answer.body().byteStream();
    }

    /** Why this hub ended it; empty if the other one did. */
    public synchronized Optional<RemoteHubException> ended() {
        return Optional.ofNullable(ended);
    }

    /** What an exception of the connection means. */
    RemoteHubException fault(IOException e) {
        return ended().orElseGet(() -> RemoteHubException.lost(source, e));
    }

    private synchronized void waits() {
        waiting = true;
        waitingSince = clock.getAsLong();
    }

    private synchronized void arrived(int count) {
        waiting = false;
        waited += clock.getAsLong() - waitingSince;
        bytes += Math.max(0, count);
    }

    void check() {
        if (isTrue(needed, true)) measure();
        else end(RemoteHubException.cut(source, what));
    }

    /** @param otherwise what holds if it can't be found out */
    private boolean isTrue(BooleanSupplier question, boolean otherwise) {
        try {
            return question.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.debugf(e, "How it stands with %s could not be found out.", what);
            return otherwise;
        }
    }

    /** Only the time for which the other hub is waited for counts: a slow store of this hub is no fault of the other. */
    private synchronized void measure() {
        long now = clock.getAsLong();
        long nanos = waited + (waiting ? now - waitingSince : 0);
        long speed = (long) ((double) bytes * SECOND / Math.max(1, nanos));
        boolean full = nanos >= time.toNanos();
        boolean inTheWay = !full && nanos >= IN_THE_WAY.toNanos() && speed < slowest && isTrue(othersWait, false);
        if (!full && !inTheWay) return;
        if (speed < slowest) end(RemoteHubException.slow(source, what, speed, full ? time : IN_THE_WAY, slowest));
        bytes = 0;
        waited = 0;
        waitingSince = now;
    }

    private synchronized void end(RemoteHubException why) {
        if (ended != null) return;
        ended = why;
        if (call != null) call.cancel();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = 0;
        waits();
        try {
            return count = body.read(buffer, offset, length);
        } finally {
            arrived(count);
        }
    }

    @Override
    public void close() throws IOException {
        if (watch != null) watch.cancel(false);
        body.close();
    }
}
