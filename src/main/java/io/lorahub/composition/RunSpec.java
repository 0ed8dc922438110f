package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.ComposedWeights;
import java.util.List;
import java.util.Optional;

/**
 * Everything besides base model and candidates that determines a run's result. It never changes once the run is queued.
 *
 * @param heldOut      may be empty
 * @param dtype        float32 or bfloat16
 * @param maxNewTokens maximum number of tokens in a prediction
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunSpec(
        List<Example> examples,
        List<Example> heldOut,
        int budget,
        long seed,
        String strategy,
        String composition,
        String objective,
        double lower,
        double upper,
        double l1,
        String dtype,
        int maxNewTokens) {

    public static final int MAX_NEW_TOKENS = 32;

    public RunSpec {
        examples = List.copyOf(examples);
        heldOut = heldOut == null ? List.of() : List.copyOf(heldOut);
    }

    /** A specification with the engine's defaults. */
    public static RunSpec of(List<Example> examples, List<Example> heldOut) {
        LearningSettings s = LearningSettings.DEFAULT;
        return new RunSpec(
                examples,
                heldOut,
                s.budget(),
                s.seed(),
                "",
                word(s.composition()),
                s.objective(),
                s.lower(),
                s.upper(),
                s.l1(),
                "float32",
                MAX_NEW_TOKENS);
    }

    /** @throws io.lorahub.engine.error.EngineException if the values are invalid */
    public LearningSettings settings() {
        return new LearningSettings(
                budget,
                seed,
                strategy == null || strategy.isBlank() ? Optional.empty() : Optional.of(strategy),
                ComposedWeights.valueOf(composition.toUpperCase(java.util.Locale.ROOT)),
                objective,
                0,
                lower,
                upper,
                l1);
    }

    /** Whether evaluating the same weights gives the same losses under both. */
    public boolean hasValuesOf(RunSpec other) {
        return examples.equals(other.examples)
                && composition.equals(other.composition)
                && objective.equals(other.objective)
                && dtype.equals(other.dtype);
    }

    private static String word(ComposedWeights composition) {
        return composition.name().toLowerCase(java.util.Locale.ROOT);
    }
}
