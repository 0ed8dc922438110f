package io.lorahub.cli.terminal;

import io.lorahub.engine.learning.LearningSession;
import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Prints the current work every few seconds if it has changed, and nothing for quick work. */
public final class SlowWork implements LearningSession.ExampleListener, AutoCloseable {

    /** Less often in a log file, which is read later. */
    private static final long SECONDS = StandardInput.isInteractive() ? 2 : 10;

    private final PrintWriter err;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });
    private volatile String now = "";
    private volatile String work = "";
    private String said = "";

    public SlowWork(PrintWriter err) {
        this.err = err;
        timer.scheduleWithFixedDelay(this::say, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    public void at(String what) {
        now = what;
    }

    @Override
    public void begins(String what) {
        work = what;
    }

    @Override
    public void examples(int done, int of) {
        at(work.isEmpty() ? "%,d of %,d examples".formatted(done, of) : "%s: %,d of %,d".formatted(work, done, of));
    }

    synchronized void say() {
        String latest = now;
        if (latest.isEmpty() || latest.equals(said)) return;
        said = latest;
        err.println(latest + "…");
        err.flush();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
