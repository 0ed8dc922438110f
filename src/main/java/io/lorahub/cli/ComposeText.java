package io.lorahub.cli;

import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExportReport;
import io.lorahub.engine.learning.Learned;
import io.lorahub.engine.learning.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** A composition for people. */
record ComposeText(PrintWriter out, Style style) {

    void print(ComposeResult result) {
        Learned learned = result.learned();
        Settings settings = result.settings();
        out.println(style.strong(title(result)));
        out.println(style.faint("%d evaluations, %s each; objective %s, loss %s"
                .formatted(
                        learned.evaluations(),
                        Lines.seconds(learned.secondsPerEvaluation()),
                        Lines.number(learned.objective()),
                        Lines.number(learned.loss()))));
        out.println();
        out.println(Lines.wrapped(result.verdict()));
        out.println();
        new ControlsTable(out, style).print(result.controls());
        out.println();
        out.println(style.strong("Weights"));
        new WeightBars(out, style)
                .print(learned.weights(), Math.max(Math.abs(settings.lower()), Math.abs(settings.upper())));
        result.written().ifPresent(w -> {
            out.println();
            printWritten(result.folder().orElseThrow(), w);
        });
        out.flush();
    }

    private static String title(ComposeResult result) {
        Example first = result.fewShot().get(0);
        String example = Lines.shortened(
                        first.input().strip().lines().findFirst().orElse(""), 28)
                + " → "
                + Lines.shortened(first.output().strip().lines().findFirst().orElse(""), 28);
        return result.task().map(t -> t.name() + ": ").orElse("") + example;
    }

    void printWritten(Path folder, ExportReport report) {
        String how = report.rank() < report.losslessRank()
                ? String.format(
                        Locale.ROOT,
                        "rank %d instead of %d, which changes ΔW by %.2g %%",
                        report.rank(),
                        report.losslessRank(),
                        100 * report.relativeError())
                : "rank %d, lossless".formatted(report.rank());
        out.println(Lines.wrapped("Written to %s: %s. Read back, %d of %d predictions are the same."
                .formatted(folder, how, report.equal(), report.compared())));
        out.flush();
    }
}
