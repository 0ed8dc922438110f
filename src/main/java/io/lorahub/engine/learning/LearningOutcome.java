package io.lorahub.engine.learning;

/**
 * What the model does with one example.
 *
 * @param tokenLosses cross-entropy of each token of the output in nats, the end token included
 * @param prediction  the text that the model generates; null unless the objective reads it
 */
public record LearningOutcome(Example example, float[] tokenLosses, String prediction) {

    /** Mean over the output's tokens, in nats. */
    public double loss() {
        double sum = 0;
        for (float loss : tokenLosses) {
            sum += loss;
        }
        return sum / tokenLosses.length;
    }
}
