package io.lorahub.cli;

import io.lorahub.engine.learning.EvaluationRecord;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with the best objective, evaluations a second and the time left, on standard error. */
final class ProgressBarOnTerminal implements ConsoleProgress {

    private static final int COLUMNS = 79;

    private final ProgressBar bar;
    private String message = "";

    ProgressBarOnTerminal(int budget) {
        // a width of its own, for asking the terminal starts other programs
        bar = new ProgressBarBuilder()
                .setTaskName("Searching")
                .setInitialMax(budget)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(100)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(System.err, COLUMNS))
                .build();
    }

    @Override
    public void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
        message = String.format(Locale.ROOT, " best %.4f", best.objective());
        bar.setExtraMessage(message);
        bar.stepTo(spent);
    }

    @Override
    public void examples(int done, int of) {
        bar.setExtraMessage("%s, %,d of %,d examples".formatted(message, done, of));
    }

    @Override
    public void close() {
        bar.close();
    }
}
