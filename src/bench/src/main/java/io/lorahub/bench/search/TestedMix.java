package io.lorahub.bench.search;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.model.AdapterBank;
import java.util.List;

/**
 * What weights reach.
 *
 * @param loss       mean over the few-shot examples of the example's mean token loss
 * @param exactMatch on the held-out examples, in percent
 */
public record TestedMix(double loss, double exactMatch) {

    /** No answer of the demo tasks is longer. */
    static final int MAX_NEW_TOKENS = 32;

    /** @param bank of the adapters that the weights belong to */
    public static TestedMix of(
            LearningSession session, AdapterBank bank, double[] weights, ExampleSet fewShot, List<Example> heldOut) {
        List<String> predictions = predictions(session, bank, weights, heldOut);
        return new TestedMix(
                loss(session, bank, weights, fewShot),
                Accuracy.of(predictions, heldOut).exactMatch());
    }

    static List<String> predictions(
            LearningSession session, AdapterBank bank, double[] weights, List<Example> heldOut) {
        List<int[]> prompts = session.encode(heldOut).inputs();
        return session.generation().generate(bank, prompts, weights, MAX_NEW_TOKENS);
    }

    /** Returns the loss on the few-shot examples alone. */
    public static double loss(LearningSession session, AdapterBank bank, double[] weights, ExampleSet fewShot) {
        try (Scorer scorer = new Scorer(session, bank, fewShot)) {
            return scorer.losses(List.of(weights))[0];
        }
    }
}
