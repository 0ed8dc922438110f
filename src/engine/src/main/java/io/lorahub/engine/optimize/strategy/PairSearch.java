package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.Vectors;
import io.lorahub.engine.optimize.margin.Margins;
import io.lorahub.engine.optimize.margin.PairScreening;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Evaluates the four pairs whose token losses complement each other best, then refines the best of them and two more
 * adapters.
 */
final class PairSearch extends CombiningSearch {

    private static final int TRIED = 4;

    private List<PairScreening.Pair> pairs;
    private boolean tried;

    PairSearch(SearchSpace space) {
        super(space);
    }

    @Override
    protected List<double[]> combinations() {
        if (tried) return List.of();
        tried = true;
        return pairs().stream().limit(TRIED).map(this::together).toList();
    }

    private double[] together(PairScreening.Pair pair) {
        double[] weights = space.single(pair.first());
        Vectors.add(weights, 1, space.single(pair.second()));
        return weights;
    }

    @Override
    protected List<Integer> ranking() {
        double[] best = history.weights(history.best());
        Set<Integer> ranking = new LinkedHashSet<>();
        IntStream.range(0, best.length).filter(i -> best[i] != 0).forEach(ranking::add);
        pairs().forEach(pair -> ranking.addAll(List.of(pair.first(), pair.second())));
        IntStream.range(0, probed()).forEach(ranking::add);
        return List.copyOf(ranking);
    }

    private List<PairScreening.Pair> pairs() {
        if (pairs == null) {
            List<double[]> singles = IntStream.rangeClosed(1, probed())
                    .mapToObj(i -> Margins.of(history.get(i).tokenLosses()))
                    .toList();
            double[] base = Margins.of(history.get(0).tokenLosses());
            pairs = new PairScreening(base, Margins.tokenShares(space.exampleOfToken())).rank(singles);
        }
        return pairs;
    }
}
