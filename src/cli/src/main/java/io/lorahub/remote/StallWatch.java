package io.lorahub.remote;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Closes a stream on which nothing has come for a while, so that its reader fails instead of waiting for ever. */
final class StallWatch implements AutoCloseable {

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stall-watch");
        thread.setDaemon(true);
        return thread;
    });

    private final Closeable stream;
    private final long most;
    private final ScheduledFuture<?> looks;
    private volatile long last = System.nanoTime();

    /** @param most time without a byte */
    StallWatch(Closeable stream, Duration most) {
        this.stream = stream;
        this.most = most.toNanos();
        long often = Math.max(1, most.toMillis() / 4);
        looks = TIMER.scheduleWithFixedDelay(this::look, often, often, TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (System.nanoTime() - last < most) return;
        try {
            stream.close();
        } catch (IOException e) {
            return; // it is of no use anyway
        }
    }

    void moved() {
        last = System.nanoTime();
    }

    @Override
    public void close() {
        looks.cancel(false);
    }
}
