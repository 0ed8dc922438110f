package io.lorahub.cli.local.options;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.OptionAccuracy;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.KnownControls;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Accuracy among the answers that the examples have. */
public final class AnswerOptions {

    @Option(
            names = "--options",
            description = "Also report how often the right answer is preferred among the examples' different outputs,"
                    + " as in classification.")
    private boolean asked;

    /** The answers by a mix or control, and the answers to choose from. */
    public record Report(List<String> options, Map<String, OptionAccuracy> accuracies) {

        public void addTo(ObjectNode node) {
            ObjectNode answers = node.putObject("options");
            options.forEach(answers.putArray("answers")::add);
            accuracies.forEach((name, accuracy) -> {
                ObjectNode entry = answers.putObject(name);
                entry.put("accuracy", accuracy.restricted().exactMatch());
                entry.put("calibrated_accuracy", accuracy.calibrated().exactMatch());
                entry.putArray("calibrated_interval")
                        .add(accuracy.calibrated().low())
                        .add(accuracy.calibrated().high());
            });
        }

        public void print(PrintWriter out, AnsiStyle style) {
            out.println(style.strong("Among %d answer options".formatted(options.size())));
            out.println(style.faint("%-26s %7s %11s  %s".formatted("", "right", "calibrated", "95 % interval")));
            accuracies.forEach((name, accuracy) -> {
                Accuracy own = accuracy.calibrated();
                out.println(String.format(
                        Locale.ROOT,
                        "  %-24s %5.0f %% %9.0f %%  %.1f to %.1f",
                        name.replace('_', ' '),
                        accuracy.restricted().exactMatch(),
                        own.exactMatch(),
                        own.low(),
                        own.high()));
            });
        }
    }

    /** The options, if asked for; throws EngineException if the examples are no classification. */
    public Optional<List<String>> of(List<Example> examples) {
        return asked ? Optional.of(OptionAccuracy.options(examples)) : Optional.empty();
    }

    public Optional<List<String>> of(List<Example> examples, Optional<List<Example>> heldOut, CommandSpec command) {
        Optional<List<String>> options = of(examples);
        if (options.isPresent() && heldOut.isEmpty()) {
            throw UsageErrors.wrong(command, "--options needs held-out examples; give them with --held-out FILE.");
        }
        return options;
    }

    /** The mix beside the best single adapter and the base model; empty once the session is cancelled. */
    public static Optional<Report> report(
            LearningSession session, KnownControls known, List<Example> heldOut, List<String> options) {
        Map<String, Optional<Control>> controls = new LinkedHashMap<>();
        controls.put("composed", known.composed());
        controls.put("best_single", known.bestSingle());
        controls.put("base", known.base());
        Map<String, OptionAccuracy> accuracies = new LinkedHashMap<>();
        try {
            controls.forEach((name, control) -> control.ifPresent(
                    c -> accuracies.put(name, OptionAccuracy.of(session, c.weights(), heldOut, options))));
        } catch (CancellationException e) {
            return Optional.empty();
        }
        return Optional.of(new Report(options, accuracies));
    }
}
