package io.lorahub.job;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Runs tasks periodically on a thread of its own. A failure is logged, and all tasks continue to run. */
public final class PeriodicTasks implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(PeriodicTasks.class);

    private final String name;
    private final ScheduledExecutorService executor;

    /** @param name name of the thread */
    public PeriodicTasks(String name) {
        this.name = name;
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param pause between the end of one run and the start of the next */
    public void every(Duration first, Duration pause, Runnable task) {
        executor.scheduleWithFixedDelay(() -> safely(task), first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    public void soon(Runnable task) {
        try {
            executor.execute(() -> safely(task));
        } catch (RejectedExecutionException e) {
            LOG.debugf("%s has ended; nothing more is done there.", name);
        }
    }

    private void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // a task that throws would never run again
            warn(e);
        }
    }

    private void warn(Throwable e) {
        try {
            LOG.warnf("%s failed once and will run again: %s", name, e);
            LOG.debug("The reason in full:", e);
        } catch (OutOfMemoryError again) {
            // the memory is another thread's, and there is none to say so
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
