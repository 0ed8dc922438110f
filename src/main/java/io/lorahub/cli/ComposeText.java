package io.lorahub.cli;

import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSettings;
import java.io.PrintWriter;

/** A composition for people. */
record ComposeText(PrintWriter out, AnsiStyle style) {

    void print(ComposeResult result) {
        LearnedMix learned = result.learned();
        LearningSettings settings = result.settings();
        out.println(style.strong(title(result)));
        out.println(style.faint("%s, %s each; objective %s, loss %s"
                .formatted(
                        TextLines.count(learned.evaluations(), "evaluation"),
                        TextLines.seconds(learned.secondsPerEvaluation()),
                        TextLines.number(learned.objective()),
                        TextLines.number(learned.loss()))));
        out.println();
        out.println(TextLines.wrapped(result.verdict()));
        out.println();
        new ControlsTable(out, style).print(result.controls());
        out.println();
        out.println(style.strong("Weights"));
        new WeightBars(out, style)
                .print(learned.weights(), Math.max(Math.abs(settings.lower()), Math.abs(settings.upper())));
        result.written().ifPresent(w -> {
            out.println();
            w.print(out, result.controls().composed());
        });
        out.flush();
    }

    private static String title(ComposeResult result) {
        Example first = result.fewShot().get(0);
        String example = TextLines.shortened(
                        first.input().strip().lines().findFirst().orElse(""), 28)
                + " → "
                + TextLines.shortened(first.output().strip().lines().findFirst().orElse(""), 28);
        return result.task().map(t -> t.name() + ": ").orElse("") + example;
    }
}
