package io.lorahub.engine.learning;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.lorahub.engine.optimize.Observation;

/**
 * A point that the search tried, as it is logged: its weights and what they gave, which stand beside the other fields.
 *
 * @param number      position in the run, from 1
 * @param cost        evaluations charged to the budget
 * @param observation without {@link Observation#exampleGradients()} also in logs of earlier versions
 * @param seconds     time that the model took
 */
public record EvaluationRecord(
        int number, int cost, @JsonUnwrapped Observation observation, double seconds) {

    public double[] weights() {
        return observation.weights();
    }

    public double objective() {
        return observation.objective();
    }

    public double loss() {
        return observation.loss();
    }

    public float[] tokenLosses() {
        return observation.tokenLosses();
    }

    public double[] gradient() {
        return observation.gradient();
    }

    public float[][] exampleGradients() {
        return observation.exampleGradients();
    }

    EvaluationRecord at(int place, double took) {
        return new EvaluationRecord(place, cost, observation, took);
    }
}
