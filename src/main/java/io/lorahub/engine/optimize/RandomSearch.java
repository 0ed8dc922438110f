package io.lorahub.engine.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Zero, then points drawn evenly within the bounds. */
final class RandomSearch implements Optimizer {

    private static final int BATCH = 16;

    private final SearchSpace space;
    private final SplittableRandom random;
    private int asked;

    RandomSearch(SearchSpace space) {
        this.space = space;
        random = new SplittableRandom(space.seed());
    }

    @Override
    public List<Query> ask() {
        List<Query> queries = new ArrayList<>();
        while (asked < space.budget() && queries.size() < BATCH) {
            double[] point = new double[space.dimension()];
            for (int i = 0; asked > 0 && i < point.length; i++) {
                point[i] = random.nextDouble(space.lower(), space.upper());
            }
            queries.add(Query.of(point));
            asked++;
        }
        return queries;
    }

    @Override
    public void tell(List<Observation> observations) {
        // the next points do not depend on what was found
    }
}
