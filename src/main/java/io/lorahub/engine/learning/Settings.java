package io.lorahub.engine.learning;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.model.Composition;
import java.util.Optional;

/**
 * Everything that decides a run beside its base model, candidates and examples.
 *
 * @param budget      evaluations that the search may spend ({@code max_inference_step} of the published program)
 * @param seed        of every random choice
 * @param strategy    name of the search strategy; empty for the default
 * @param composition how adapters are combined
 * @param objective   name of an objective, or of a class that implements one
 * @param batchSize   of the objective {@code reference}; 0 for all examples in one batch
 * @param lower       smallest weight
 * @param upper       largest weight
 * @param l1          strength of the regularisation
 */
public record Settings(
        int budget,
        long seed,
        Optional<String> strategy,
        Composition composition,
        String objective,
        int batchSize,
        double lower,
        double upper,
        double l1) {

    public static final Settings DEFAULT =
            new Settings(40, 42, Optional.empty(), Composition.EXACT, "loss", 0, -1.5, 1.5, 0.05);

    public Settings {
        require(budget >= 1, "The budget must be at least one evaluation, but is " + budget + ".");
        require(batchSize >= 0, "The batch size must not be negative, but is " + batchSize + ".");
        require(
                Double.isFinite(lower) && Double.isFinite(upper) && lower < upper,
                "The lower bound %s must be below the upper bound %s.".formatted(lower, upper));
        require(
                lower <= 0 && upper >= 0,
                "The bounds must include 0, where the search starts, but are %s to %s.".formatted(lower, upper));
        require(Double.isFinite(l1) && l1 >= 0, "The strength of the regularisation must not be " + l1 + ".");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new EngineException(otherwise);
        }
    }

    public Settings withBudget(int value) {
        return new Settings(value, seed, strategy, composition, objective, batchSize, lower, upper, l1);
    }

    public Settings withSeed(long value) {
        return new Settings(budget, value, strategy, composition, objective, batchSize, lower, upper, l1);
    }

    public Settings withStrategy(String value) {
        return new Settings(budget, seed, Optional.of(value), composition, objective, batchSize, lower, upper, l1);
    }

    public Settings withComposition(Composition value) {
        return new Settings(budget, seed, strategy, value, objective, batchSize, lower, upper, l1);
    }

    public Settings withObjective(String value, int batch) {
        return new Settings(budget, seed, strategy, composition, value, batch, lower, upper, l1);
    }

    public Settings withBounds(double low, double high) {
        return new Settings(budget, seed, strategy, composition, objective, batchSize, low, high, l1);
    }

    public Settings withL1(double value) {
        return new Settings(budget, seed, strategy, composition, objective, batchSize, lower, upper, value);
    }
}
