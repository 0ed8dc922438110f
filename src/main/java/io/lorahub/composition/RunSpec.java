package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Precision;
import java.util.List;
import java.util.Optional;

/**
 * Everything besides base model and candidates that determines a run's result. It never changes once the run is queued.
 *
 * @param heldOut      may be empty
 * @param dtype        the type that the model computes in
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
        ComposedWeights composition,
        RunObjective objective,
        double lower,
        double upper,
        double l1,
        Precision dtype,
        int maxNewTokens) {

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
                s.composition(),
                RunObjective.LOSS,
                s.lower(),
                s.upper(),
                s.l1(),
                Precision.FLOAT32,
                32);
    }

    /** @throws io.lorahub.engine.error.EngineException if the values are invalid */
    public LearningSettings settings() {
        return new LearningSettings(
                budget,
                seed,
                strategy == null || strategy.isBlank() ? Optional.empty() : Optional.of(strategy),
                composition,
                objective.toString(),
                0,
                lower,
                upper,
                l1);
    }

    /** Whether evaluating the same weights gives the same losses under both. */
    public boolean hasValuesOf(RunSpec other) {
        return examples.equals(other.examples)
                && composition == other.composition
                && objective == other.objective
                && dtype == other.dtype;
    }
}
