package io.lorahub.engine.learning;

import io.lorahub.engine.optimize.Observation;

/**
 * One evaluation of a run, as it is logged.
 *
 * @param number      from 1
 * @param cost        evaluations charged to the budget
 * @param tokenLosses see {@link Observation#tokenLosses()}
 * @param gradient    see {@link Observation#gradient()}
 * @param seconds     that the model took for it
 */
public record EvaluationRecord(
        int number,
        int cost,
        double[] weights,
        double objective,
        double loss,
        float[] tokenLosses,
        double[] gradient,
        double seconds) {

    EvaluationRecord at(int place, double took) {
        return new EvaluationRecord(place, cost, weights, objective, loss, tokenLosses, gradient, took);
    }

    Observation observation() {
        return new Observation(weights, objective, loss, tokenLosses, gradient);
    }
}
