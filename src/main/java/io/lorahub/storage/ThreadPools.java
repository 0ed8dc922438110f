package io.lorahub.storage;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for what goes on beside a transfer. They are as many as are needed, and end by themselves. */
final class ThreadPools {

    private static final AtomicInteger COUNT = new AtomicInteger();

    static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "storage-" + COUNT.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    private ThreadPools() {}
}
