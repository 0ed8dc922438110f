package io.lorahub.engine.learning.control;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Objective;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.Regularization;
import io.lorahub.engine.learning.Scorer;
import java.util.List;
import java.util.Optional;

/**
 * The results of one mix on the few-shot and held-out examples.
 *
 * @param name        "base", "uniform", "composed" or the name of an adapter
 * @param objective   objective with regularisation
 * @param loss        objective without regularisation
 * @param heldOut     accuracy on the held-out examples, if there are any
 * @param predictions predictions for the held-out examples, in their order; empty without them
 */
public record Control(
        String name,
        double[] weights,
        double objective,
        double loss,
        Optional<Accuracy> heldOut,
        List<String> predictions) {

    /** Scores fixed weights with the objective and regularisation of the settings, as a search would. */
    public static Control of(
            String name, double[] weights, LearningSession session, ExampleSet examples, LearningSettings settings) {
        Objective objective = Objectives.named(settings.objective(), settings.batchSize());
        try (Scorer scorer = session.scorer(examples)) {
            double loss = objective.value(scorer.outcomes(weights, objective.readsPredictions()));
            double regularization = Regularization.l1(settings.l1()).value(weights);
            return new Control(name, weights, loss + regularization, loss, Optional.empty(), List.of());
        }
    }

    /** Returns this control without its held-out results. */
    Control untested() {
        return new Control(name, weights, objective, loss, Optional.empty(), List.of());
    }
}
