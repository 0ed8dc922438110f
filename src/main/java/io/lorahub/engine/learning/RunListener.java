package io.lorahub.engine.learning;

import java.util.List;

/** Follows a run. */
public interface RunListener {

    /**
     * Evaluations that were made together, in order; they are made before the search goes on.
     *
     * @param best  the evaluation with the lowest objective so far
     * @param spent evaluations charged so far
     */
    void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent);
}
