package io.lorahub.engine.preset;

import io.lorahub.engine.learning.export.ExportOptions;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How to write an adapter for a program.
 *
 * @param rank      rank of all modules; empty for the adapter's own, or the next one that the program accepts
 * @param maxError  compress it to the smallest accepted rank within this relative error
 * @param type      type of the factors
 * @param overwrite whether an existing folder may be replaced
 */
public record PresetOptions(OptionalInt rank, OptionalDouble maxError, FactorType type, boolean overwrite) {

    /** Throws EngineException for a value out of its range. */
    public PresetOptions {
        new ExportOptions(rank, maxError, false, overwrite);
    }

    public static PresetOptions standard() {
        return new PresetOptions(OptionalInt.empty(), OptionalDouble.empty(), FactorType.FLOAT32, false);
    }
}
