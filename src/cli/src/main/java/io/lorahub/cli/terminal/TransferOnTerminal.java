package io.lorahub.cli.terminal;

import io.lorahub.remote.TransferProgress;
import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** For each file a bar with speed and time left on standard error, or one line if it isn't a terminal. */
public final class TransferOnTerminal implements TransferProgress {

    private static final int COLUMNS = 79;
    private static final int NAME = 26;
    private static final long MEGABYTE = 1_000_000;

    private final PrintWriter err;
    private ProgressBar bar;

    public TransferOnTerminal(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void begin(String what, long size, long done) {
        if (!StandardInput.isInteractive()) {
            err.println(
                    done == 0
                            ? "%s, %s".formatted(what, TextLines.bytes(size))
                            : "%s, %s, %s of it already there"
                                    .formatted(what, TextLines.bytes(size), TextLines.bytes(done)));
            return;
        }
        bar = new ProgressBarBuilder()
                .setTaskName(TextLines.shortened(what, NAME))
                .setInitialMax(size)
                .setUnit("MB", MEGABYTE)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(100)
                .startsFrom(done, java.time.Duration.ZERO)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(System.err, COLUMNS))
                .build();
    }

    @Override
    public void moved(long bytes) {
        if (bar != null) bar.stepBy(bytes);
    }

    @Override
    public void end() {
        if (bar != null) bar.close();
        bar = null;
    }
}
