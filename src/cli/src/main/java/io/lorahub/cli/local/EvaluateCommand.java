package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.options.AnswerOptions;
import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.ExampleOptions;
import io.lorahub.cli.local.options.GenerationOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.ObjectiveOptions;
import io.lorahub.cli.local.options.PredictionOptions;
import io.lorahub.cli.local.options.WeightOptions;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningOutcome;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Objective;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.OptionAccuracy;
import io.lorahub.engine.learning.Regularization;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.examples.ExamplesFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Scores a fixed mix of adapters on examples. If --adapters PATH is a single adapter, you can omit"
                    + " --adapter; its weight is then 1. Without either, the base model is scored alone.",
            ""
        },
        footer = {"", "lorahub evaluate --demo un-past --adapter un=1 --adapter past=1"})
public final class EvaluateCommand implements Callable<Integer> {

    @Mixin
    private DemoOptions demo;

    @Mixin
    private CandidateOptions candidates;

    @Mixin
    private WeightOptions weights;

    @Mixin
    private ExampleOptions examples;

    @Mixin
    private ObjectiveOptions objective;

    @Mixin
    private AnswerOptions answers;

    @Mixin
    private PredictionOptions predictions;

    @Mixin
    private ModelOptions model;

    @Mixin
    private GenerationOptions generation;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        LearningSettings settings = objective.settings(LearningSettings.DEFAULT.withComposition(model.composition()));
        Objective goal = Objectives.named(settings.objective(), settings.batchSize());
        int maxNewTokens = generation.maxNewTokens();
        List<Example> rows = rows();
        Optional<List<String>> options = answers.of(rows);
        try (Mixture mixture = Mixture.orBaseAlone(model, demo, candidates, weights, command);
                SlowWork work = new SlowWork(output.err())) {
            mixture.session().listen(work);
            ComposeWarnings cautions = new ComposeWarnings(output.err());
            cautions.aboutAdapters(mixture.session());
            cautions.aboutBaseAlone(mixture.session());
            cautions.aboutCharacters(mixture.session(), rows);
            mixture.session().begin("tokenizing examples");
            ExampleSet set = mixture.session().encode(rows);
            mixture.session().begin("losses, examples");
            List<LearningOutcome> outcomes;
            try (Scorer scorer = mixture.session().scorer(set)) {
                outcomes = scorer.outcomes(mixture.weights(), goal.readsPredictions());
            }
            mixture.session().begin("answers, examples");
            Predictions texts = Predictions.of(mixture.session(), mixture.weights(), rows, maxNewTokens);
            double loss = goal.value(outcomes);
            Result result = new Result(
                    loss + Regularization.l1(settings.l1()).value(mixture.allWeights()),
                    loss,
                    outcomes,
                    Accuracy.of(texts.texts(), rows),
                    texts,
                    options.map(o -> new AnswerOptions.Report(
                            o, Map.of("mix", OptionAccuracy.of(mixture.session(), mixture.weights(), rows, o)))));
            if (output.json()) {
                output.print(result.json(predictions.asked()));
            } else {
                result.print(output.out(), output.style(), predictions.asked());
            }
        }
        return ExitCode.OK;
    }

    /** For a demo task the held-out examples, or its few-shot examples if a draw is given. */
    private List<Example> rows() {
        return examples.examples()
                .map(ExamplesFile::read)
                .or(() -> demo.task().map(t -> demo.drawGiven() ? t.fewShot(demo.draw()) : t.heldOut()))
                .orElseThrow(() -> UsageErrors.wrong(
                        command, "Give the examples to score with --examples FILE, or use --demo TASK."));
    }

    /** The scores of a fixed mix on examples. */
    private record Result(
            double objective,
            double loss,
            List<LearningOutcome> outcomes,
            Accuracy accuracy,
            Predictions predictions,
            Optional<AnswerOptions.Report> answers) {

        ObjectNode json(boolean withPredictions) {
            ObjectNode node = new ObjectMapper().createObjectNode();
            node.put("objective", objective);
            node.put("loss", loss);
            ArrayNode losses = node.putArray("example_losses");
            outcomes.forEach(o -> losses.add(o.loss()));
            ComposeResult.accuracy(node, accuracy);
            answers.ifPresent(a -> a.addTo(node));
            if (withPredictions) predictions.addTo(node);
            return node;
        }

        void print(PrintWriter out, AnsiStyle style, boolean withPredictions) {
            if (withPredictions) {
                predictions.print(out, style);
                out.println();
            }
            out.println(style.strong(String.format(
                    Locale.ROOT,
                    "%d of %d right: %.0f %% (95 %% interval %.1f to %.1f)",
                    accuracy.right(),
                    accuracy.count(),
                    accuracy.exactMatch(),
                    accuracy.low(),
                    accuracy.high())));
            out.println(String.format(
                    Locale.ROOT, "%.0f %% ignoring case, full stops and surrounding spaces", accuracy.accuracy()));
            out.println(
                    Double.isFinite(loss)
                            ? "objective %s, loss %s".formatted(TextLines.number(objective), TextLines.number(loss))
                            : "The loss isn't a finite number: the weights are too large, or a file contains NaN.");
            answers.ifPresent(a -> {
                out.println();
                a.print(out, style);
            });
            out.flush();
        }
    }
}
