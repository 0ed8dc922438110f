package io.lorahub.engine.learning;

import java.util.List;

/** The quantity that a search minimises, before regularisation. Implement this interface for a custom objective. */
public interface Objective {

    /** Returns the value; lower is better. The outcomes are in the order of the examples. */
    double value(List<LearningOutcome> outcomes);

    /** Whether {@link LearningOutcome#prediction()} is needed. Generation takes longer than computing a loss. */
    default boolean readsPredictions() {
        return false;
    }

    /**
     * Whether the value is the mean over examples of the mean token loss, so that token losses and gradients can be
     * used.
     */
    default boolean isMeanTokenLoss() {
        return false;
    }
}
