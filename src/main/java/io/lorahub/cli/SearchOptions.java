package io.lorahub.cli;

import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.Settings;
import io.lorahub.engine.model.Composition;
import io.lorahub.engine.optimize.Strategy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How to search. */
final class SearchOptions {

    @Option(
            names = "--budget",
            paramLabel = "N",
            defaultValue = "40",
            description = "Evaluations that the search may spend (default 40).")
    private int budget;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Of every random choice (default 42).")
    private long seed;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "The search strategy; lorahub bench search compares them.",
            completionCandidates = Names.class)
    private String optimizer;

    @Option(
            names = "--objective",
            paramLabel = "NAME",
            defaultValue = "loss",
            completionCandidates = ObjectiveNames.class,
            description = "What is minimised: loss (default), reference (the published program's), exact-match,"
                    + " similarity, or a class of your own.")
    private String objective;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Examples in a batch of the objective reference (default: all).")
    private int batchSize;

    @Option(names = "--lower", paramLabel = "W", defaultValue = "-1.5", description = "Smallest weight (default -1.5).")
    private double lower;

    @Option(names = "--upper", paramLabel = "W", defaultValue = "1.5", description = "Largest weight (default 1.5).")
    private double upper;

    @Option(
            names = "--l1",
            paramLabel = "STRENGTH",
            defaultValue = "0.05",
            description = "Strength of the regularisation, times the mean of |w| (default 0.05).")
    private double l1;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Settings settings(Composition composition) {
        return Usage.checked(command, () -> {
            Objectives.named(objective, batchSize);
            Settings settings = Settings.DEFAULT
                    .withBudget(budget)
                    .withSeed(seed)
                    .withComposition(composition)
                    .withObjective(objective, batchSize)
                    .withBounds(lower, upper)
                    .withL1(l1);
            if (optimizer == null) return settings;
            Strategy.named(optimizer);
            return settings.withStrategy(optimizer);
        });
    }
}
