package io.lorahub.engine.learning;

/**
 * The model's result for one example.
 *
 * @param tokenLosses cross-entropy of each token of the output in nats, including the end token
 * @param prediction  the text that the model generates; null unless the objective reads it
 */
public record LearningOutcome(Example example, float[] tokenLosses, String prediction) {

    /** Mean over the output's tokens, in nats. */
    public double loss() {
        double sum = 0;
        for (float loss : tokenLosses) sum += loss;
        return sum / tokenLosses.length;
    }
}
