package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.EnumWords;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.Ending.Pruning;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.util.Iterator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How to search. */
public final class SearchOptions {

    @Option(
            names = "--budget",
            paramLabel = "N",
            defaultValue = "40",
            description = "Evaluations that the search can spend: one for a point (a set of weights),"
                    + " three if it takes its gradient (default 40).")
    private int budget;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of all random choices (default 42).")
    private long seed;

    @Option(
            names = "--optimizer",
            paramLabel = "STRATEGY",
            description =
                    "The search strategy, one of ${COMPLETION-CANDIDATES}; lorahub bench search compares them (default "
                            + Strategy.DEFAULT + ").",
            completionCandidates = Names.class)
    private String optimizer;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "End the search when N evaluations have lowered the objective by less than 1 %%."
                    + " Default: never before its budget.")
    private Integer patience;

    @Option(
            names = "--pruning",
            paramLabel = "RULE",
            description =
                    "How to leave out weights that do nothing, one of ${COMPLETION-CANDIDATES}: elimination leaves"
                            + " out more, so that the adapter has a lower rank, and can cost a little accuracy (default lasso).",
            converter = EnumWords.Prunings.class,
            completionCandidates = EnumWords.Prunings.class)
    private Pruning pruning;

    @Option(
            names = "--average",
            paramLabel = "N",
            description = "End the search with the mean of its best N points, if it is nearly as good on the examples."
                    + " Default: no mean.")
    private Integer average;

    @Option(
            names = "--population",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Number of points that the search proposes at once, before their results are known: saves time on"
                            + " a GPU, and costs accuracy (default 1).")
    private int population;

    @Option(
            names = "--layer-groups",
            paramLabel = "GROUPS",
            description =
                    "Give each adapter a weight of its own in each group of layers, one of ${COMPLETION-CANDIDATES}:"
                            + " encoder and decoder, or thirds of the depth. One weight per adapter is searched first. auto: thirds if"
                            + " the budget has 16 evaluations more than adapters (default auto).",
            converter = EnumWords.LayerGroupNames.class,
            completionCandidates = EnumWords.LayerGroupNames.class)
    private LayerGroups layers;

    @Option(names = "--lower", paramLabel = "W", defaultValue = "-1.5", description = "Smallest weight (default -1.5).")
    private double lower;

    @Option(names = "--upper", paramLabel = "W", defaultValue = "1.5", description = "Largest weight (default 1.5).")
    private double upper;

    @Mixin
    private ObjectiveOptions objective;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public LearningSettings settings(ComposedWeights composition) {
        LearningSettings settings = objective.settings(LearningSettings.DEFAULT.withComposition(composition));
        return UsageErrors.checked(command, () -> {
            LearningSettings own = settings.withBudget(budget).withSeed(seed).withBounds(lower, upper);
            if (patience != null) own = own.withEnding(own.ending().withPatience(patience));
            if (pruning != null) own = own.withEnding(own.ending().withPruning(pruning));
            if (average != null) own = own.withEnding(own.ending().withAverage(average));
            if (layers != null) own = own.withLayers(layers);
            if (optimizer != null) {
                Strategy.named(optimizer);
                own = own.withStrategy(optimizer);
            }
            return own.withPopulation(population);
        });
    }

    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Strategy.names().iterator();
        }
    }
}
