package io.lorahub.serve;

import io.lorahub.engine.checkpoint.TemporaryFolder;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM for a server: the process lives until everything is closed, and ends then, even if an evaluation
 * has outlasted the worker's time to stop. The exit code is 128 plus the signal's number, as of every Java program.
 */
final class Termination {

    private static final int INTERRUPTED = 128 + 2;
    private static final int TERMINATED = 128 + 15;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch deleted = new CountDownLatch(1);
    private final Thread hook = new Thread(this::end, "lorahub-end");
    private volatile boolean begun;
    private volatile int code;

    /** Handles the signals from now on. The caller calls {@link #closed} at its end. */
    void register() {
        // shutdown hooks run at once: a worker must not miss the files of a run before it knows of the end
        TemporaryFolder.beforeDeletion(() -> await(closed));
        TemporaryFolder.afterLastDeletion(deleted::countDown);
        Runtime.getRuntime().addShutdownHook(hook);
        Signals.register("INT", () -> exit(INTERRUPTED));
        Signals.register("TERM", () -> exit(TERMINATED));
    }

    private void exit(int status) {
        code = status;
        Runtime.getRuntime().exit(status);
    }

    /** Whether the process is ending. */
    boolean hasBegun() {
        return begun;
    }

    /** Call this once everything is closed. */
    void closed() {
        closed.countDown();
        if (!begun) Runtime.getRuntime().removeShutdownHook(hook);
    }

    private void end() {
        begun = true;
        await(closed);
        await(deleted);
        if (code != 0 && ProcessExit.isEngineAtWork()) ProcessExit.withoutDestructors(code);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
