package io.lorahub.engine.optimize;

import java.util.List;
import java.util.OptionalInt;

/**
 * A search strategy as a conversation: it asks for points and is told what they gave. It is deterministic in the
 * {@link SearchSpace} and the told observations, so feeding it a log replays a run exactly.
 */
public interface Optimizer {

    /**
     * The next points, whose cost is within what is left of the budget; several may be evaluated at once. Empty when the
     * strategy has nothing left to ask.
     */
    List<EvaluationRequest> ask();

    /** The answers to the last {@link #ask()}, in its order. */
    void tell(List<Observation> observations);

    /**
     * Which of the told observations, counted from 0 in their order, is the answer. Empty for the one with the lowest
     * objective.
     */
    default OptionalInt recommended() {
        return OptionalInt.empty();
    }
}
