package io.lorahub.cli.terminal;

import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.RunListener;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows the progress of a search. */
public interface ConsoleProgress extends RunListener, LearningSession.ExampleListener, AutoCloseable {

    /** A bar on a terminal, lines in a file. */
    static ConsoleProgress of(int budget, PrintWriter err) {
        return System.console() == null ? new Lines(budget, err) : new Bar(budget);
    }

    @Override
    void close();

    /** One line for the first evaluations, for each improvement and for the last. */
    final class Lines implements ConsoleProgress {

        private final int budget;
        private final PrintWriter err;
        private double shown = Double.POSITIVE_INFINITY;
        private int spent;
        private int spentShown;
        private double best;
        private final SlowWork work;

        Lines(int budget, PrintWriter err) {
            this.budget = budget;
            this.err = err;
            work = new SlowWork(err);
        }

        @Override
        public void evaluated(List<EvaluationRecord> records, EvaluationRecord lowest, int charged) {
            spent = charged;
            best = lowest.objective();
            if (best < shown) show();
        }

        /** Progress within the current evaluation. */
        @Override
        public void examples(int done, int of) {
            work.at("evaluation %d of %d: %,d of %,d examples".formatted(spent + 1, budget, done, of));
        }

        private void show() {
            err.println(String.format(
                    Locale.ROOT, "evaluation %d of %d, lowest objective so far %.4f", spent, budget, best));
            shown = best;
            spentShown = spent;
        }

        @Override
        public void close() {
            work.close();
            if (spent > spentShown) show();
            err.flush();
        }
    }

    /** A bar with the best objective, evaluations a second and the time left, on standard error. */
    final class Bar implements ConsoleProgress {

        private static final int COLUMNS = 79;

        private final ProgressBar bar;
        private String message = "";

        Bar(int budget) {
            // a fixed width, because asking the terminal starts other programs
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
            message = String.format(Locale.ROOT, " lowest %.4f", best.objective());
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
}
