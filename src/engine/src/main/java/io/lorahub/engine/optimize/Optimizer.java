package io.lorahub.engine.optimize;

import java.util.List;
import java.util.OptionalInt;

/**
 * A search strategy as a dialogue: it requests points and receives their results. It is deterministic in the
 * {@link SearchSpace} and the observations received, so replaying a log repeats a run exactly.
 */
public interface Optimizer {

    /**
     * Returns the next points, whose cost is within the remaining budget; several may be evaluated at once. Empty if
     * the strategy has no more points to request.
     */
    List<EvaluationRequest> ask();

    /** Passes the answers to the last {@link #ask()}, in its order. */
    void tell(List<Observation> observations);

    /**
     * Returns the index of the recommended observation, counted from 0 in the order received. Empty for the one with
     * the lowest objective.
     */
    default OptionalInt recommended() {
        return OptionalInt.empty();
    }

    /** Whether it requests no more points because its patience is spent. */
    default boolean hasSettled() {
        return false;
    }
}
