package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.Vectors;
import java.util.ArrayList;
import java.util.List;

/** Adds adapters in the order of their own objectives as long as each lowers the objective. Needs no token losses. */
final class GreedySearch extends CombiningSearch {

    private List<Integer> ranking;
    private int considered;

    GreedySearch(SearchSpace space) {
        super(space);
    }

    @Override
    protected List<double[]> combinations() {
        considered++;
        boolean helped = considered == 1 || history.best() == history.size() - 1;
        if (!helped || considered >= ranking().size()) return List.of();
        double[] sum = history.weights(history.best()).clone();
        double[] added = space.single(ranking().get(considered));
        Vectors.add(sum, 1, added);
        return List.of(sum);
    }

    @Override
    protected List<Integer> ranking() {
        if (ranking == null) {
            ranking = new ArrayList<>();
            history.order(1, 1 + probed()).forEach(i -> ranking.add(i - 1));
        }
        return ranking;
    }
}
