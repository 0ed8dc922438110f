package io.lorahub.engine.optimize;

import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * The default search. Every candidate is tried alone, keeping the loss of every token. The pair whose effects add up
 * best is the start. From there on each point is where a {@link MarginModel} of all that was told, gradients included,
 * expects the lowest objective; every second one is evaluated with its gradient, where the model gives gradients.
 */
final class MarginSearch extends Conversation {

    private static final int MINIMIZER_ITERATIONS = 150;
    private static final double SAME_POINT = 1e-5;
    private static final double JITTER = 0.03;

    private final double[] shares;
    private final Probing probing;
    private final SparseMinimizer minimizer;
    private final Finish finish;
    private double[] home;
    private int steps;

    MarginSearch(SearchSpace space) {
        super(space);
        shares = Margins.tokenShares(space.exampleOfToken());
        probing = new Probing(space, shares);
        minimizer = new SparseMinimizer(space, MINIMIZER_ITERATIONS);
        finish = new Finish(space, shares, minimizer);
    }

    @Override
    protected List<Query> opening() {
        return probing.opening();
    }

    @Override
    protected List<Query> next() {
        if (home == null) {
            List<Query> probes = probing.next(history);
            if (!probes.isEmpty()) {
                return probes;
            }
            home = history.weights(history.best());
        }
        if (finish.hasBegun()) {
            List<Query> sparser =
                    finish.sparser(MarginEvidence.of(space, history).model(Kernel.DEFAULT), history);
            return sparser.isEmpty()
                    ? List.of(step())
                    : sparser; // what there is no sparser form for goes to the search
        }
        if (left() <= finish.cost()) {
            return finish.queries(MarginEvidence.of(space, history).model(Kernel.DEFAULT), history, home);
        }
        return List.of(step());
    }

    @Override
    public OptionalInt recommended() {
        return finish.answer(history);
    }

    private Query step() {
        steps++;
        MarginEvidence evidence = MarginEvidence.of(space, history);
        double[] best = history.weights(history.best());
        double[] weights = minimizer.minimize(new ExpectedLoss(evidence.model(Kernel.DEFAULT), shares), best);
        if (history.holdsNear(weights, SAME_POINT)) {
            weights = jittered(weights);
        }
        // not as the last evaluation, when nothing can be made of it
        boolean gradient =
                steps % 2 == 0 && left() - finish.cost() >= Query.GRADIENT_COST && left() > Query.GRADIENT_COST;
        return new Query(weights, gradient);
    }

    private double[] jittered(double[] weights) {
        SplittableRandom random = new SplittableRandom(space.seed() * 1_000_003 + history.size());
        double[] moved = weights.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += JITTER * random.nextGaussian();
        }
        return moved;
    }
}
