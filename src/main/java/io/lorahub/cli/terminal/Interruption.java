package io.lorahub.cli.terminal;

import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM: the first asks the current work to stop, so that its result can be written; the second ends the
 * program at once.
 */
public final class Interruption implements AutoCloseable {

    private volatile Runnable stop = Interruption::end;
    private final Object interrupt;
    private final Object terminate;
    private volatile boolean happened;

    public Interruption() {
        interrupt = Signals.register("INT", this::happen);
        terminate = Signals.register("TERM", this::happen);
    }

    /** Until this is called, a signal ends the program, as nothing can be lost yet. */
    public void handledBy(Runnable next) {
        stop = next;
        if (happened) next.run();
    }

    public boolean happened() {
        return happened;
    }

    /** For work that is too short or too deep in a library to be stopped. */
    public static void end() {
        Runtime.getRuntime().exit(ExitCode.INTERRUPTED); // with the hooks that delete temporary files
    }

    private void happen() {
        if (happened) end();
        happened = true;
        stop.run();
    }

    /** Restores what the signals did before. */
    @Override
    public void close() {
        if (interrupt != null) Signals.unregister("INT", interrupt);
        if (terminate != null) Signals.unregister("TERM", terminate);
    }
}
