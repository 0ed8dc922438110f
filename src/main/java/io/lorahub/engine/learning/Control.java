package io.lorahub.engine.learning;

import java.util.List;
import java.util.Optional;

/**
 * One mix as it does on the few-shot and the held-out examples.
 *
 * @param name        "base", "uniform", "composed" or the name of an adapter
 * @param objective   with regularisation
 * @param loss        without
 * @param heldOut     where held-out examples were given
 * @param predictions on the held-out examples, in their order; empty without them
 */
public record Control(
        String name,
        double[] weights,
        double objective,
        double loss,
        Optional<Accuracy> heldOut,
        List<String> predictions) {

    /** Weights that nobody searched for, scored by the objective and the regularisation of the settings, as a search would. */
    public static Control of(
            String name, double[] weights, LearningSession session, ExampleSet examples, LearningSettings settings) {
        Objective objective = Objectives.named(settings.objective(), settings.batchSize());
        try (Scorer scorer = session.scorer(examples)) {
            double loss = objective.value(scorer.outcomes(weights, objective.readsPredictions()));
            double regularization = Regularization.l1(settings.l1()).value(weights);
            return new Control(name, weights, loss + regularization, loss, Optional.empty(), List.of());
        }
    }

    /** As if there were no held-out examples. */
    Control untested() {
        return new Control(name, weights, objective, loss, Optional.empty(), List.of());
    }
}
