package io.lorahub.engine.optimize;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The first evaluations of the default search: the base model, candidates alone at weight 1, the pairs that should
 * complete each other best. Where the budget does not reach for all candidates, the gradient at the base model says
 * which to try; without gradients it is the first ones.
 */
final class Probing {

    /** Share of the budget that may go into candidates alone. */
    private static final double MOST = 0.65;

    /** One pair is tried for so many evaluations that are left. */
    private static final int PAIR_EVERY = Integer.getInteger("pe", 8);

    private final SearchSpace space;
    private final double[] shares;
    private final int singles;
    private boolean paired;

    Probing(SearchSpace space, double[] shares) {
        this.space = space;
        this.shares = shares;
        int affordable = Math.max(1, (int) (MOST * space.budget()));
        singles = Math.min(space.dimension(), affordable);
    }

    List<Query> opening() {
        if (singles < space.dimension() && space.gradients()) {
            return List.of(Query.withGradient(space.zero()));
        }
        List<Query> queries = new ArrayList<>();
        queries.add(Query.of(space.zero()));
        IntStream.range(0, singles).forEach(i -> queries.add(Query.of(space.single(i))));
        return queries;
    }

    /** Empty once there is nothing left to probe. */
    List<Query> next(History history) {
        if (history.size() == 1 && history.get(0).gradient() != null) {
            double[] slope = history.get(0).gradient();
            return IntStream.range(0, space.dimension())
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> slope[i]))
                    .limit(singles)
                    .map(i -> Query.of(space.single(i)))
                    .toList();
        }
        if (paired || history.size() < 3) {
            return List.of();
        }
        paired = true;
        List<double[]> margins = IntStream.range(1, history.size())
                .mapToObj(i -> Margins.of(history.get(i).tokenLosses()))
                .toList();
        int pairs = Math.max(1, (space.budget() - history.spent()) / PAIR_EVERY);
        return new PairScreening(Margins.of(history.get(0).tokenLosses()), shares)
                .rank(margins).stream()
                        .limit(pairs)
                        .map(pair -> Query.of(together(history, pair)))
                        .toList();
    }

    private static double[] together(History history, PairScreening.Pair pair) {
        double[] together = history.weights(pair.first() + 1).clone();
        Vectors.add(together, 1, history.weights(pair.second() + 1));
        return together;
    }
}
