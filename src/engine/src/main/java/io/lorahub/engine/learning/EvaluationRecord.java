package io.lorahub.engine.learning;

import io.lorahub.engine.optimize.Observation;

/**
 * A point that the search tried, as it is logged: its weights and what they gave.
 *
 * @param number      position in the run, from 1
 * @param cost        evaluations charged to the budget
 * @param tokenLosses see {@link Observation#tokenLosses()}
 * @param gradient    see {@link Observation#gradient()}
 * @param exampleGradients see {@link Observation#exampleGradients()}; null also in logs of earlier versions
 * @param seconds     time that the model took
 */
public record EvaluationRecord(
        int number,
        int cost,
        double[] weights,
        double objective,
        double loss,
        float[] tokenLosses,
        double[] gradient,
        float[][] exampleGradients,
        double seconds) {

    EvaluationRecord at(int place, double took) {
        return new EvaluationRecord(
                place, cost, weights, objective, loss, tokenLosses, gradient, exampleGradients, took);
    }

    Observation observation() {
        return new Observation(weights, objective, loss, tokenLosses, gradient, exampleGradients);
    }
}
