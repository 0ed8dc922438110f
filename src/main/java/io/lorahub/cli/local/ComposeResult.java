package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.WeightBars;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.KnownControls;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a composition came to, for people and for programs.
 *
 * @param interrupted during the search or after it
 */
record ComposeResult(
        Optional<DemoTask> task,
        List<Example> fewShot,
        LearningSettings settings,
        LearnedMix learned,
        boolean interrupted,
        KnownControls controls,
        Optional<WrittenAdapter> written) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LABEL = 24;
    private static final int AXIS = 21;

    String verdict() {
        String ended = learned.interrupted()
                ? "Interrupted after %d of %s. "
                        .formatted(learned.evaluations(), TextLines.count(settings.budget(), "evaluation"))
                : interrupted ? "Interrupted after the search. " : "";
        return ended + controls.verdict();
    }

    /** For programs; absent values are left out. */
    ObjectNode json() {
        ObjectNode node = JSON.createObjectNode();
        node.set("weights", JSON.valueToTree(learned.weights()));
        node.put("objective", learned.objective());
        node.put("loss", learned.loss());
        node.put("evaluations", learned.evaluations());
        node.put("seconds_per_evaluation", learned.secondsPerEvaluation());
        if (interrupted) node.put("interrupted", true);
        controls.composed().flatMap(Control::heldOut).ifPresent(a -> accuracy(node, a));
        node.set("controls", json(controls));
        controls.betterSingle().ifPresent(single -> node.put("better_single", single.name()));
        node.put("verdict", verdict());
        written.ifPresent(w -> node.set("written", w.json()));
        return node;
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
    }

    /** For people. */
    void print(PrintWriter out, AnsiStyle style) {
        out.println(style.strong(title()));
        out.println(style.faint("%s, %s each; objective %s, loss %s"
                .formatted(
                        TextLines.count(learned.evaluations(), "evaluation"),
                        TextLines.seconds(learned.secondsPerEvaluation()),
                        TextLines.number(learned.objective()),
                        TextLines.number(learned.loss()))));
        out.println();
        out.println(TextLines.wrapped(verdict()));
        out.println();
        printControls(out, style);
        out.println();
        out.println(style.strong("Weights"));
        new WeightBars(out, style)
                .print(learned.weights(), Math.max(Math.abs(settings.lower()), Math.abs(settings.upper())));
        written.ifPresent(w -> {
            out.println();
            w.print(out, controls.composed());
        });
        out.flush();
    }

    private String title() {
        Example first = fewShot.get(0);
        String example = TextLines.shortened(
                        first.input().strip().lines().findFirst().orElse(""), 28)
                + " → "
                + TextLines.shortened(first.output().strip().lines().findFirst().orElse(""), 28);
        return task.map(t -> t.name() + ": ").orElse("") + example;
    }

    /** The mix and its known controls, with 95 % intervals as lines. */
    private void printControls(PrintWriter out, AnsiStyle style) {
        boolean tested = controls.composed().flatMap(Control::heldOut).isPresent();
        out.println(style.faint(
                tested
                        ? "%-26s %8s %7s  %-13s 0 %%      50     100 %%".formatted("", "loss", "right", "95 % interval")
                        : "%-26s %8s %10s".formatted("", "loss", "objective")));
        controls.composed().ifPresent(c -> out.println(row(style.strong(label("Composed")), c, tested, style)));
        controls.bestSingle().ifPresent(c -> out.println(row(label("Best single: " + c.name()), c, tested, style)));
        controls.uniform().ifPresent(c -> out.println(row(label("Uniform mix"), c, tested, style)));
        controls.base().ifPresent(c -> out.println(row(label("Base model"), c, tested, style)));
    }

    private static String label(String text) {
        return "  %-24s".formatted(TextLines.shortened(text, LABEL));
    }

    private static String row(String label, Control control, boolean tested, AnsiStyle style) {
        return control.heldOut()
                .map(a -> label + " %8s %s".formatted(TextLines.number(control.loss()), tested(a, style)))
                .orElseGet(() -> label
                        + " %8s".formatted(TextLines.number(control.loss()))
                        + (tested ? "" : " %10s".formatted(TextLines.number(control.objective()))));
    }

    private static String tested(Accuracy accuracy, AnsiStyle style) {
        String interval = String.format(Locale.ROOT, "%.1f to %.1f", accuracy.low(), accuracy.high());
        return String.format(Locale.ROOT, "%5.0f %%  %-13s ", accuracy.exactMatch(), interval)
                + style.bar(line(accuracy));
    }

    private static String line(Accuracy accuracy) {
        StringBuilder line = new StringBuilder("·".repeat(AXIS));
        for (int i = at(accuracy.low()); i <= at(accuracy.high()); i++) line.setCharAt(i, '─');
        line.setCharAt(at(accuracy.low()), '├');
        line.setCharAt(at(accuracy.high()), '┤');
        line.setCharAt(at(accuracy.exactMatch()), '●');
        return line.toString();
    }

    private static int at(double percent) {
        return (int) Math.round(percent / 100 * (AXIS - 1));
    }
}
