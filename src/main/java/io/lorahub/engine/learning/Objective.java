package io.lorahub.engine.learning;

import java.util.List;

/** What a search minimises, before regularisation. Implement it for an objective of your own. */
public interface Objective {

    /** Lower is better. The outcomes are those of the examples in their order. */
    double value(List<LearningOutcome> outcomes);

    /** Whether {@link LearningOutcome#prediction()} is needed. Generating takes longer than a loss. */
    default boolean readsPredictions() {
        return false;
    }

    /** Whether the value is the mean over examples of the mean token loss, so that token losses and gradients serve it. */
    default boolean isMeanTokenLoss() {
        return false;
    }
}
