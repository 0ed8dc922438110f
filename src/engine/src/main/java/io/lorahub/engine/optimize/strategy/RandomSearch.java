package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.BudgetedSearch;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Evaluates zero, then points drawn uniformly within the bounds. */
final class RandomSearch extends BudgetedSearch {

    private static final int BATCH = 16;

    private final SplittableRandom random;

    RandomSearch(SearchSpace space) {
        super(space);
        random = new SplittableRandom(space.seed());
    }

    @Override
    protected List<EvaluationRequest> next() {
        List<EvaluationRequest> queries = new ArrayList<>();
        while (queries.size() < Math.min(BATCH, left())) {
            double[] point = new double[space.dimension()];
            for (int i = 0; i < point.length; i++) {
                point[i] = random.nextDouble(space.lower(), space.upper());
            }
            queries.add(EvaluationRequest.of(point));
        }
        return queries;
    }
}
