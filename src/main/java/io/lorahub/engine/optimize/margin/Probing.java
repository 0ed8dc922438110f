package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Finds the starting point of a {@link MarginSearch}: evaluates candidates alone, then pairs of them
 * ({@link PairProbing}).
 *
 * <p>If the budget does not cover every candidate, only {@link Representatives} are evaluated alone. The gradient at the
 * best of them shows which of the others complement it.
 */
final class Probing {

    /** Evaluations reserved for pairs if nearly all candidates can be evaluated. */
    private static final int KEPT_FOR_PAIRS = 4;

    /** Largest share of the budget for single candidates if there are more of them than evaluations. */
    private static final double MOST_ALONE = 0.6;

    private static final int FEWEST_ALONE = 2;

    /** Number of further candidates that are compared with each other to find those that are no copies. */
    private static final int COMPARED = 24;

    private final SearchSpace space;
    private final List<Integer> alone;
    private final List<Integer> partners;
    private final PairProbing pairs;

    Probing(SearchSpace space, double[] shares) {
        this.space = space;
        pairs = new PairProbing(space, shares);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, space.dimension()).boxed().toList());
        // in addition to the base model and one pair
        if (space.dimension() == 1 || space.dimension() + 2 <= space.budget()) {
            alone = order;
            partners = List.of();
            return;
        }
        Collections.shuffle(order, new Random(space.seed()));
        int most = Math.max(
                FEWEST_ALONE,
                space.dimension() <= space.budget()
                        ? space.budget() - KEPT_FOR_PAIRS
                        : (int) (MOST_ALONE * space.budget()));
        int whole = new Representatives(space).bringForward(order, most + COMPARED);
        int first = Math.max(FEWEST_ALONE, Math.min(most, whole));
        alone = order.subList(0, first);
        partners = order.subList(first, Math.max(first, whole));
    }

    List<EvaluationRequest> opening() {
        List<EvaluationRequest> queries = new ArrayList<>(List.of(EvaluationRequest.of(space.zero())));
        alone.forEach(i -> queries.add(EvaluationRequest.of(space.single(i))));
        return queries;
    }

    /** Returns further points to evaluate before the model takes over; empty once it has taken over for good. */
    List<EvaluationRequest> next(Evaluations history) {
        List<Integer> best = alone.stream()
                .filter(i -> history.find(space.single(i)).isPresent())
                .sorted(Comparator.comparingDouble(
                        i -> history.objective(history.find(space.single(i)).orElseThrow())))
                .toList();
        return best.size() < 2
                ? List.of()
                : pairs.next(history, best, partners).stream().toList();
    }
}
