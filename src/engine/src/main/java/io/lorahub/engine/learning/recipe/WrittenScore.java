package io.lorahub.engine.learning.recipe;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Objective;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.AdapterBank;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The results of a written adapter, which compression and refinement make different from the mix.
 *
 * @param loss        loss on the few-shot examples, by the objective of the settings
 * @param heldOut     accuracy on the held-out examples, if there are any
 * @param predictions for the held-out examples, in their order; without them, for the few-shot examples
 */
public record WrittenScore(double loss, Optional<Accuracy> heldOut, List<String> predictions) {

    /**
     * Throws CancellationException once the session is cancelled.
     *
     * @param kept modules that the adapter replaces
     */
    public static WrittenScore of(
            LearningSession session,
            Path folder,
            KeptModules kept,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            LearningSettings settings,
            int maxNewTokens) {
        double[] alone = {1};
        Objective objective = Objectives.named(settings.objective(), settings.batchSize());
        try (LoraAdapter written = LoraAdapter.load("written", folder);
                AdapterBank bank = session.model().bankInPlace(written, kept.in(written));
                Scorer scorer = new Scorer(session, bank, fewShot)) {
            double loss = objective.value(scorer.outcomes(alone, objective.readsPredictions()));
            List<int[]> inputs = heldOut.orElse(fewShot).inputs();
            List<String> predictions = session.generation().generate(bank, inputs, alone, maxNewTokens);
            return new WrittenScore(loss, heldOut.map(set -> Accuracy.of(predictions, set.examples())), predictions);
        }
    }
}
