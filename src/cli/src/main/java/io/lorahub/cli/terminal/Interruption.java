package io.lorahub.cli.terminal;

import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.serve.ProcessExit;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM: the first asks the current work to stop, so that its result can be written; the second ends the
 * program at once. Work that does not stop soon, such as one evaluation of a large model, need not be waited for.
 */
public final class Interruption implements AutoCloseable {

    /** Time for the current work to stop. */
    private static final long PATIENCE_MILLIS = 1_000;

    private volatile Runnable stop = Interruption::end;
    private final Object interrupt;
    private final Object terminate;
    private volatile boolean happened;
    private Runnable instead;

    public Interruption() {
        interrupt = Signals.register("INT", this::happen);
        terminate = Signals.register("TERM", this::happen);
    }

    /** Until this is called, a signal ends the program, as nothing can be lost yet. */
    public void handledBy(Runnable next) {
        stop = next;
        if (happened) next.run();
    }

    /**
     * Handles a signal during work that may not stop soon. Call {@link #workEnded} after the work.
     *
     * @param next asks the work to stop
     * @param last reports what is known without the work, in another thread, whereupon the program ends
     */
    public void handledBy(Runnable next, Runnable last) {
        synchronized (this) {
            instead = last;
        }
        handledBy(next);
    }

    /** The caller will handle the result of the work. Does not return once it has been given up. */
    public synchronized void workEnded() {
        instead = null;
        notifyAll();
    }

    public boolean happened() {
        return happened;
    }

    /** For work that is too short or too deep in a library to be stopped. */
    public static void end() {
        if (ProcessExit.isEngineAtWork()) {
            TemporaryFolder.afterLastDeletion(() -> ProcessExit.withoutDestructors(ExitCode.INTERRUPTED));
        }
        Runtime.getRuntime().exit(ExitCode.INTERRUPTED);
    }

    private void happen() {
        if (happened) end();
        happened = true;
        stop.run();
        giveUp();
    }

    /** Keeps the lock until the end, so that the work's own thread does not report as well. */
    private synchronized void giveUp() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        try {
            for (long left = PATIENCE_MILLIS; instead != null && left > 0; ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (instead == null) return;
        try {
            instead.run();
        } finally {
            end();
        }
    }

    /** Restores what the signals did before. */
    @Override
    public void close() {
        if (interrupt != null) Signals.unregister("INT", interrupt);
        if (terminate != null) Signals.unregister("TERM", terminate);
    }
}
