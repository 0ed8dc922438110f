package io.lorahub.storage.object;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for background work during transfers. They are created on demand and end when idle. */
public final class ThreadPools {

    private static final AtomicInteger COUNT = new AtomicInteger();

    public static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "storage-" + COUNT.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    private ThreadPools() {}
}
