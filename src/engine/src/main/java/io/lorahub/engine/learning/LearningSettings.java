package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.margin.LayeredSearch;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.util.Optional;

/**
 * All settings that determine a run apart from its base model, candidates and examples.
 *
 * @param budget      evaluations that the search may spend ({@code max_inference_step} of the published program)
 * @param seed        seed of all random choices
 * @param strategy    name of the search strategy; empty for the default
 * @param composition how adapters are combined
 * @param objective   name of an objective, or of a class that implements one
 * @param batchSize   batch size of the objective {@code reference}; 0 for all examples in one batch
 * @param lower       smallest weight
 * @param upper       largest weight
 * @param l1          strength of the regularisation
 * @param ending      when and how the search ends
 * @param layers      groups of layers in which each candidate has a weight of its own
 * @param population  number of points that the search proposes at once, before any of their results is known
 */
public record LearningSettings(
        int budget,
        long seed,
        Optional<String> strategy,
        ComposedWeights composition,
        String objective,
        int batchSize,
        double lower,
        double upper,
        double l1,
        Ending ending,
        LayerGroups layers,
        int population) {

    /** More points than this at once would leave nothing for the search to learn from in any usual budget. */
    public static final int MOST_AT_ONCE = 64;

    public static final LearningSettings DEFAULT = new LearningSettings(
            40,
            42,
            Optional.empty(),
            ComposedWeights.EXACT,
            "loss",
            0,
            -1.5,
            1.5,
            0.05,
            Ending.DEFAULT,
            LayerGroups.AUTO,
            1);

    public LearningSettings {
        require(budget >= 1, "The budget must be at least one evaluation, but is " + budget + ".");
        require(batchSize >= 0, "The batch size must not be negative, but is " + batchSize + ".");
        require(
                Double.isFinite(lower) && Double.isFinite(upper) && lower < upper,
                "The lower bound %s must be below the upper bound %s.".formatted(lower, upper));
        require(
                lower <= 0 && upper >= 0,
                "The bounds must include 0, where the search starts, but are %s to %s.".formatted(lower, upper));
        require(Double.isFinite(l1) && l1 >= 0, "The strength of the regularisation must not be " + l1 + ".");
        require(
                population >= 1 && population <= MOST_AT_ONCE,
                "The population must be 1 to %d points, but is %d.".formatted(MOST_AT_ONCE, population));
        require(
                canPropose(population, strategy, objective),
                "Several points at once need the strategy margins and the objective loss; leave the population at 1.");
        require(
                layers.size() == 1 || composition == ComposedWeights.EXACT,
                "Weights per layer group need the exact composition; the paper's has one weight per adapter.");
        require(
                layers.size() == 1 || objective.equals("loss"),
                "Weights per layer group need the objective loss, whose gradients they follow, but it is %s."
                        .formatted(objective));
    }

    /**
     * Returns the same settings with layer groups that are chosen: thirds if the default search minimises the loss of the
     * exact composition and has the evaluations for it.
     *
     * @param candidates number of candidates
     */
    public LearningSettings chosenFor(int candidates) {
        if (layers != LayerGroups.AUTO) return this;
        boolean gains = composition == ComposedWeights.EXACT
                && objective.equals("loss")
                && strategy.orElse(Strategy.DEFAULT).equals(Strategy.DEFAULT)
                && LayeredSearch.gains(budget, candidates);
        return withLayers(gains ? LayerGroups.THIRDS : LayerGroups.NONE);
    }

    /** Whether a search with this strategy and objective can propose several points at once. */
    public static boolean canPropose(int population, Optional<String> strategy, String objective) {
        return population == 1
                || strategy.orElse(Strategy.DEFAULT).equals(Strategy.DEFAULT) && objective.equals("loss");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) throw new EngineException(otherwise);
    }

    public LearningSettings withBudget(int value) {
        return new LearningSettings(
                value, seed, strategy, composition, objective, batchSize, lower, upper, l1, ending, layers, population);
    }

    public LearningSettings withSeed(long value) {
        return with(value, strategy, l1);
    }

    public LearningSettings withStrategy(String value) {
        return with(seed, Optional.of(value), l1);
    }

    public LearningSettings withComposition(ComposedWeights value) {
        return new LearningSettings(
                budget, seed, strategy, value, objective, batchSize, lower, upper, l1, ending, layers, population);
    }

    public LearningSettings withObjective(String value, int batch) {
        return new LearningSettings(
                budget, seed, strategy, composition, value, batch, lower, upper, l1, ending, layers, population);
    }

    public LearningSettings withBounds(double low, double high) {
        return new LearningSettings(
                budget, seed, strategy, composition, objective, batchSize, low, high, l1, ending, layers, population);
    }

    public LearningSettings withL1(double value) {
        return with(seed, strategy, value);
    }

    private LearningSettings with(long anySeed, Optional<String> anyStrategy, double anyL1) {
        return new LearningSettings(
                budget,
                anySeed,
                anyStrategy,
                composition,
                objective,
                batchSize,
                lower,
                upper,
                anyL1,
                ending,
                layers,
                population);
    }

    public LearningSettings withEnding(Ending value) {
        return new LearningSettings(
                budget, seed, strategy, composition, objective, batchSize, lower, upper, l1, value, layers, population);
    }

    public LearningSettings withLayers(LayerGroups value) {
        return new LearningSettings(
                budget, seed, strategy, composition, objective, batchSize, lower, upper, l1, ending, value, population);
    }

    public LearningSettings withPopulation(int value) {
        return new LearningSettings(
                budget, seed, strategy, composition, objective, batchSize, lower, upper, l1, ending, layers, value);
    }
}
