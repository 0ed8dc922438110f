package io.lorahub.engine.learning;

/**
 * What weights come to that nobody searched for.
 *
 * @param objective with regularisation
 * @param loss      the objective without it
 */
public record MixScore(double objective, double loss) {

    /** Scores weights on examples by the objective and the regularisation of the settings, as a search would. */
    public static MixScore of(
            LearningSession session, ExampleSet examples, LearningSettings settings, double[] weights) {
        Objective objective = Objectives.named(settings.objective(), settings.batchSize());
        try (Scorer scorer = session.scorer(examples)) {
            double loss = objective.value(scorer.outcomes(weights, objective.readsPredictions()));
            return new MixScore(loss + Regularization.l1(settings.l1()).value(weights), loss);
        }
    }
}
