package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Observation;
import java.util.List;
import java.util.stream.IntStream;

/** Candidates 0 and 1 each raise half of the tokens, as far as each shows alone, and the others do nothing. */
final class ProbedCandidates {

    static final int TOKENS = 8;

    private ProbedCandidates() {}

    static Observation observation(EvaluationRequest query, double loss, double[] gradient) {
        float[] losses = new float[TOKENS];
        for (int t = 0; t < TOKENS; t++) {
            losses[t] = query.weights()[t % 2] > 0 ? 0.01F : 4;
        }
        return new Observation(query.weights(), loss, loss, losses, gradient);
    }

    static List<Integer> used(EvaluationRequest query) {
        return IntStream.range(0, query.weights().length)
                .filter(i -> query.weights()[i] != 0)
                .boxed()
                .toList();
    }

    /** Inner products of candidates of which none is a copy of others. */
    static double[][] unlike(int count) {
        double[][] products = new double[count][count];
        for (int i = 0; i < count; i++) products[i][i] = 1;
        return products;
    }
}
