package io.lorahub.engine.learning;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Observation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The losses of another run with the same candidates, examples, composition and objective, whose regularisation may have
 * another strength.
 */
final class ReusedLosses {

    static final ReusedLosses NONE = new ReusedLosses(List.of(), Regularization.l1(0));

    private final Map<List<Object>, EvaluationRecord> known = new HashMap<>();
    private final Regularization theirs;

    ReusedLosses(List<EvaluationRecord> others, Regularization theirs) {
        for (EvaluationRecord other : others) known.put(key(other.weights(), other.cost()), other);
        this.theirs = theirs;
    }

    private static List<Object> key(double[] weights, int cost) {
        return List.of(cost, Arrays.stream(weights).boxed().toList());
    }

    boolean has(EvaluationRequest query) {
        return known.containsKey(key(query.weights(), query.cost()));
    }

    /** The other run's evaluation with another regularisation, without number and time. */
    EvaluationRecord record(EvaluationRequest query, Regularization own) {
        EvaluationRecord other = known.get(key(query.weights(), query.cost()));
        return new EvaluationRecord(
                0,
                query.cost(),
                new Observation(
                        query.weights(),
                        other.loss() + own.value(query.weights()),
                        other.loss(),
                        other.tokenLosses(),
                        query.gradient() ? own.add(ofLoss(other), other.weights()) : null,
                        other.exampleGradients()),
                0);
    }

    /** The gradient without the other run's regularisation. */
    private double[] ofLoss(EvaluationRecord other) {
        double[] gradient = other.gradient().clone();
        double[] regularization = theirs.gradient(other.weights());
        for (int i = 0; i < gradient.length; i++) gradient[i] -= regularization[i];
        return gradient;
    }
}
