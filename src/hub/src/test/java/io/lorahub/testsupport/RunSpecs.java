package io.lorahub.testsupport;

import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.optimize.SearchSettings;
import java.util.List;

/** Specifications of runs that differ from the usual one only in what a test is about. */
public final class RunSpecs {

    private RunSpecs() {}

    /** @param strategy empty for the default */
    public static RunSpec of(List<Example> examples, List<Example> heldOut, int budget, String strategy) {
        RunSpec usual = RunSpec.of(examples, heldOut).with(SearchSettings.BUDGET, budget);
        return strategy.isEmpty() ? usual : usual.with(LearningSettings.STRATEGY, strategy);
    }
}
