package io.lorahub.cli;

import io.lorahub.engine.learning.EvaluationRecord;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** One line for the first evaluations, for each improvement and for the last. */
final class ProgressLines implements ConsoleProgress {

    private final int budget;
    private final PrintWriter err;
    private double shown = Double.POSITIVE_INFINITY;
    private int spent;
    private int spentShown;
    private double best;
    private final SlowWork work;

    ProgressLines(int budget, PrintWriter err) {
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

    /** Of the evaluation under way. */
    @Override
    public void examples(int done, int of) {
        work.at("evaluation %d of %d: %,d of %,d examples".formatted(spent + 1, budget, done, of));
    }

    private void show() {
        err.println(String.format(Locale.ROOT, "evaluation %d of %d, best objective %.4f", spent, budget, best));
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
