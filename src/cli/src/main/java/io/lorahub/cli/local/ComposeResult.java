package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.options.AnswerOptions;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.ControlsTable;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.WeightBars;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.ExpectedAccuracy;
import io.lorahub.engine.learning.control.KnownControls;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.optimize.Ending;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The result of a composition, for people and for programs.
 *
 * @param interrupted during the search or after it
 */
record ComposeResult(
        Task task,
        LearnedMix learned,
        boolean interrupted,
        KnownControls controls,
        Optional<WrittenAdapter> written,
        Optional<AnswerOptions.Report> answers,
        Optional<Predictions> predictions) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What was asked for. @param demo the prepared task that the examples belong to */
    record Task(Optional<DemoTask> demo, List<Example> fewShot, LearningSettings settings) {

        private String title() {
            Example first = fewShot.get(0);
            return demo.map(t -> t.name() + ": ").orElse("")
                    + TextLines.firstWords(firstLine(first.input()), 28)
                    + " → "
                    + TextLines.firstWords(firstLine(first.output()), 28);
        }

        private static String firstLine(String text) {
            return text.strip().lines().findFirst().orElse("");
        }
    }

    ComposeResult(
            Task task,
            LearnedMix learned,
            boolean interrupted,
            KnownControls controls,
            Optional<WrittenAdapter> written) {
        this(task, learned, interrupted, controls, written, Optional.empty(), Optional.empty());
    }

    String verdict() {
        String ended = learned.interrupted()
                ? "Interrupted after %d of %s. "
                        .formatted(learned.evaluations(), TextLines.count(task.settings.budget(), "evaluation"))
                : interrupted ? "Interrupted after the search. " : "";
        return ended + early() + controls.verdict() + refinement() + gains();
    }

    /** How the adapter that was written differs from the mix, if it was trained. */
    private String refinement() {
        Optional<Accuracy> after = written.filter(WrittenAdapter::isRefined)
                .flatMap(WrittenAdapter::score)
                .flatMap(score -> score.heldOut());
        Optional<Accuracy> before = controls.composed().flatMap(Control::heldOut);
        if (after.isEmpty() || before.isEmpty()) {
            return expectedRefined()
                    .map(expected -> " Refined, as it is written: " + expected.sentence())
                    .orElse("");
        }
        long now = after.get().right();
        String fewer = now < before.get().right() ? " Leave out --refine-steps to write the mix itself." : "";
        return " Refined, as it is written, it gets %,d of them right.%s".formatted(now, fewer);
    }

    private Optional<ExpectedAccuracy> expectedRefined() {
        return written.flatMap(WrittenAdapter::training)
                .filter(training -> controls.expected().isPresent())
                .flatMap(Refinement.Training::expected);
    }

    private String gains() {
        return learned.end() == LearnedMix.End.BUDGET_SPENT
                ? " " + Ending.gains(learned.lastGain(), learned.evaluations(), learned.loss())
                : "";
    }

    private String early() {
        return learned.settled()
                ? "The search ended after %d of %s: %s. "
                        .formatted(
                                learned.evaluations(),
                                TextLines.count(task.settings.budget(), "evaluation"),
                                Ending.gaveUp(task.settings.ending().patience().orElseThrow()))
                : "";
    }

    /** For programs; absent values are left out. */
    ObjectNode json() {
        ObjectNode node = JSON.createObjectNode();
        node.set("weights", JSON.valueToTree(learned.weights()));
        if (!learned.layerWeights().isEmpty()) {
            node.set("layer_weights", JSON.valueToTree(learned.layerWeights()));
        }
        node.put("objective", learned.objective());
        node.put("loss", learned.loss());
        node.put("evaluations", learned.evaluations());
        node.put("last_gain", learned.lastGain());
        node.put("seconds_per_evaluation", learned.secondsPerEvaluation());
        if (interrupted) node.put("interrupted", true);
        if (learned.settled()) node.put("settled", true);
        controls.composed().flatMap(Control::heldOut).ifPresent(a -> accuracy(node, a));
        controls.expected().ifPresent(expected -> expected(node, expected));
        node.set("controls", json(controls));
        controls.betterSingle().ifPresent(single -> node.put("better_single", single.name()));
        node.put("verdict", verdict());
        answers.ifPresent(a -> a.addTo(node));
        predictions.ifPresent(p -> p.addTo(node));
        written.ifPresent(w -> {
            ObjectNode file = w.json();
            expectedRefined().ifPresent(expected -> expected(file, expected));
            node.set("written", file);
        });
        return node;
    }

    private static void expected(ObjectNode node, ExpectedAccuracy expected) {
        node.put("expected_exact_match", expected.share());
        node.putArray("expected_exact_match_interval").add(expected.low()).add(expected.high());
    }

    private static ObjectNode json(KnownControls known) {
        ObjectNode controls = JSON.createObjectNode();
        known.base().ifPresent(c -> controls.set("base", json(c, JSON.createObjectNode())));
        known.uniform().ifPresent(c -> controls.set("uniform", json(c, JSON.createObjectNode())));
        known.bestSingle()
                .ifPresent(c -> controls.set(
                        "best_single", json(c, JSON.createObjectNode().put("adapter", c.name()))));
        return controls;
    }

    private static ObjectNode json(Control control, ObjectNode node) {
        node.put("objective", control.objective());
        node.put("loss", control.loss());
        control.heldOut().ifPresent(a -> accuracy(node, a));
        return node;
    }

    static void accuracy(ObjectNode node, Accuracy accuracy) {
        node.put("exact_match", accuracy.exactMatch());
        node.putArray("exact_match_interval").add(accuracy.low()).add(accuracy.high());
        node.put("accuracy", accuracy.accuracy());
        node.put("all_but_end", accuracy.nearMisses().end());
        node.put("all_but_case", accuracy.nearMisses().letters());
    }

    /** For people. */
    void print(PrintWriter out, AnsiStyle style) {
        out.println(style.strong(task.title()));
        out.println(style.faint("%s, %s each; objective %s, loss %s"
                .formatted(
                        TextLines.count(learned.evaluations(), "evaluation"),
                        TextLines.seconds(learned.secondsPerEvaluation()),
                        TextLines.number(learned.objective()),
                        TextLines.number(learned.loss()))));
        out.println();
        out.println(TextLines.wrapped(verdict()));
        out.println();
        ControlsTable.print(out, style, rows());
        out.println();
        answers.ifPresent(a -> {
            a.print(out, style);
            out.println();
        });
        predictions.ifPresent(p -> {
            out.println(style.strong("Predictions"));
            p.print(out, style);
            out.println();
        });
        new WeightBars(out, style)
                .print(
                        learned.weights(),
                        learned.layerWeights(),
                        Math.max(Math.abs(task.settings.lower()), Math.abs(task.settings.upper())));
        written.ifPresent(w -> {
            out.println();
            w.print(out, controls.composed());
        });
        out.flush();
    }

    private List<ControlsTable.Row> rows() {
        List<ControlsTable.Row> rows = new ArrayList<>();
        written.filter(WrittenAdapter::isRefined)
                .flatMap(WrittenAdapter::score)
                .ifPresent(own -> rows.add(new ControlsTable.Row("Refined", own.loss(), own.loss(), own.heldOut())));
        controls.composed().ifPresent(c -> rows.add(row("Composed", c)));
        controls.bestSingle().ifPresent(c -> rows.add(row("Best single: " + c.name(), c)));
        controls.uniform().ifPresent(c -> rows.add(row("Uniform mix", c)));
        controls.base().ifPresent(c -> rows.add(row("Base model", c)));
        return rows;
    }

    private static ControlsTable.Row row(String label, Control control) {
        return new ControlsTable.Row(label, control.loss(), control.objective(), control.heldOut());
    }
}
