package io.lorahub.engine.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Zero, then points drawn evenly within the bounds. */
final class RandomSearch extends Conversation {

    private static final int BATCH = 16;

    private final SplittableRandom random;

    RandomSearch(SearchSpace space) {
        super(space);
        random = new SplittableRandom(space.seed());
    }

    @Override
    protected List<Query> next() {
        List<Query> queries = new ArrayList<>();
        while (queries.size() < Math.min(BATCH, left())) {
            double[] point = new double[space.dimension()];
            for (int i = 0; i < point.length; i++) {
                point[i] = random.nextDouble(space.lower(), space.upper());
            }
            queries.add(Query.of(point));
        }
        return queries;
    }
}
