package io.lorahub.web;

import io.quarkus.logging.Log;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Says in the log that requests fail for an outage: a line now and then, as each of many requests would have one. */
final class OutageLog {

    private static final long EVERY = Duration.ofSeconds(10).toNanos();

    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private final AtomicLong refused = new AtomicLong();

    void log(Throwable failure, HttpServerRequest request) {
        long count = refused.incrementAndGet();
        long due = next.get();
        long now = System.nanoTime();
        if (now - due < 0 || !next.compareAndSet(due, now + EVERY)) return;
        refused.addAndGet(-count);
        Log.warnf(
                "%d requests were refused for an outage, %s %s the last: %s",
                count, request.method(), request.path(), root(failure));
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        return root;
    }
}
