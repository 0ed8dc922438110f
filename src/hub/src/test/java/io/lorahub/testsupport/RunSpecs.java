package io.lorahub.testsupport;

import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import java.util.List;

/** Specifications of runs that differ from the usual one only in what a test is about. */
public final class RunSpecs {

    private RunSpecs() {}

    /** @param strategy empty for the default */
    public static RunSpec of(List<Example> examples, List<Example> heldOut, int budget, String strategy) {
        RunSpec usual = RunSpec.of(examples, heldOut);
        return new RunSpec(
                usual.examples(),
                usual.heldOut(),
                budget,
                usual.seed(),
                strategy,
                usual.composition(),
                usual.objective(),
                usual.lower(),
                usual.upper(),
                usual.l1(),
                usual.dtype(),
                usual.maxNewTokens(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
