package io.lorahub.engine.optimize;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The last evaluations of the default search. A few examples are soon over-fitted, so points are tried that the model
 * holds for good even if new inputs shift the margins and that stay nearer to the best combination that was probed. The
 * last of them that costs next to nothing on the examples is the answer.
 */
final class Finish {

    /** How far a point goes from the best fit to robustness. */
    private record Rung(double noise, double pull) {}

    private static final List<Rung> LADDER =
            List.of(new Rung(2, 0.01), new Rung(2, 0.03), new Rung(2, 0.1), new Rung(3, 0.1), new Rung(3, 0.3));

    /** What robustness may cost: this share of the lowest objective, and this much beside. */
    private static final double DEARER = 0.05;

    private static final double BESIDE = 0.0003;

    private static final int BUDGET_PER_RUNG = 15;

    private final double[] shares;
    private final SparseMinimizer minimizer;
    private final int rungs;
    private int first = -1;

    Finish(SearchSpace space, double[] shares, SparseMinimizer minimizer) {
        this.shares = shares;
        this.minimizer = minimizer;
        int afterProbing = Math.max(0, space.budget() - 1 - space.dimension());
        rungs = Math.min(LADDER.size(), afterProbing / BUDGET_PER_RUNG);
    }

    /** Evaluations to keep for it. */
    int cost() {
        return rungs;
    }

    List<Query> queries(MarginModel model, History history, double[] home) {
        first = history.size();
        double[] best = history.weights(history.best());
        return LADDER.stream()
                .limit(rungs)
                .map(rung -> Query.of(minimizer.minimize(pulled(model, rung, home), best)))
                .toList();
    }

    private Differentiable pulled(MarginModel model, Rung rung, double[] home) {
        ExpectedLoss loss = new ExpectedLoss(model, shares, rung.noise);
        return (weights, gradient) -> {
            double value = loss.value(weights, gradient);
            for (int i = 0; i < weights.length; i++) {
                double away = weights[i] - home[i];
                value += rung.pull * away * away;
                gradient[i] += 2 * rung.pull * away;
            }
            return value;
        };
    }

    OptionalInt answer(History history) {
        if (first < 0) {
            return OptionalInt.empty();
        }
        double most = (1 + DEARER) * history.objective(history.best()) + BESIDE;
        return IntStream.range(first, history.size())
                .filter(i -> history.objective(i) <= most)
                .max();
    }
}
