package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.SearchSpace;

/**
 * The observations so far, continued by what a {@link MarginModel} predicts (the kriging believer of Ginsbourger, Le Riche
 * and Carraro 2010). So a further point can be proposed before the results of the last ones are known: it is the one that
 * would be next if they came out as predicted.
 */
final class BelievedHistory {

    private final SearchSpace space;
    private final double[] shares;
    private final Evaluations believed;

    /** @param shares share of each token in the loss */
    BelievedHistory(SearchSpace space, double[] shares, Evaluations history) {
        this.space = space;
        this.shares = shares;
        believed = history.copy();
    }

    /** Takes the model's mean prediction for the result at these weights. */
    void believe(double[] weights) {
        double[] margins = model().at(weights).margins();
        float[] losses = new float[margins.length];
        double loss = 0;
        for (int t = 0; t < losses.length; t++) {
            losses[t] = (float) Margins.loss(margins[t]);
            loss += shares[t] * losses[t];
        }
        believed.add(
                EvaluationRequest.of(weights),
                new Observation(weights, loss + space.regularization().applyAsDouble(weights), loss, losses, null));
    }

    MarginModel model() {
        return TrainingPoints.of(space, believed).model(Kernel.STEPS);
    }

    double[] best() {
        return believed.weights(believed.best());
    }

    boolean holdsNear(double[] weights, double tolerance) {
        return believed.holdsNear(weights, tolerance);
    }
}
