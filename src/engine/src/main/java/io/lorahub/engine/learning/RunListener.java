package io.lorahub.engine.learning;

import java.util.List;

/** Receives the progress of a run. */
public interface RunListener {

    /**
     * Called with evaluations that were computed together, in order, before the search continues.
     *
     * @param best  the evaluation with the lowest objective so far
     * @param spent evaluations charged so far
     */
    void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent);
}
