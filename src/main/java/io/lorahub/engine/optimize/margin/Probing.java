package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds the starting point of a {@link MarginSearch}: evaluates candidates alone, then pairs of them
 * ({@link PairProbing}).
 *
 * <p>If the budget does not cover every candidate, only {@link Representatives} are evaluated alone, and copies of them
 * are in no mix. With a large budget, those with the steepest gradient at the base model come first. The gradient at the
 * best of them shows which of the others complement it.
 */
final class Probing {

    /** Evaluations reserved for pairs if nearly all candidates can be evaluated. */
    private static final int KEPT_FOR_PAIRS = 4;

    /** Largest share of the budget for single candidates if there are more of them than evaluations. */
    private static final double MOST_ALONE = 0.6;

    private static final int FEWEST_ALONE = 2;

    /** Largest share of the budget for a gradient that only tells in which order single candidates are evaluated. */
    private static final double MOST_FOR_RANKING = 0.04;

    /** Number of further candidates that are compared with each other to find those that are no copies. */
    private static final int COMPARED = 24;

    private final SearchSpace space;
    private final List<Integer> alone;
    private final List<Integer> partners;
    private final Set<Integer> open;
    /** Whether the gradient at the base model tells the order of the single candidates. */
    private final boolean ranked;

    private final PairProbing pairs;
    private boolean begun;

    Probing(SearchSpace space, double[] shares) {
        this.space = space;
        pairs = new PairProbing(space, shares);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, space.dimension()).boxed().toList());
        int most = most(space.dimension(), space.budget());
        if (most == space.dimension()) {
            alone = order;
            partners = List.of();
            open = Set.copyOf(order);
            ranked = false;
            return;
        }
        Collections.shuffle(order, new Random(space.seed()));
        int whole = new Representatives(space).bringForward(order, most + COMPARED);
        int first = Math.max(FEWEST_ALONE, Math.min(most, whole));
        alone = order.subList(0, first);
        partners = order.subList(first, Math.max(first, whole));
        open = Set.copyOf(order.subList(0, Math.max(first, whole)));
        ranked = space.gradients() && EvaluationRequest.GRADIENT_COST <= MOST_FOR_RANKING * space.budget();
    }

    /** Largest number of candidates to evaluate alone. */
    static int most(int candidates, int budget) {
        // in addition to the base model and one pair
        if (candidates == 1 || candidates + 2 <= budget) return candidates;
        return Math.max(FEWEST_ALONE, candidates <= budget ? budget - KEPT_FOR_PAIRS : (int) (MOST_ALONE * budget));
    }

    /** Number of candidates to evaluate alone. */
    int singles() {
        return alone.size();
    }

    /** Whether a candidate may be in a mix. Copies of others may not, if the budget does not cover all candidates. */
    boolean isOpen(int candidate) {
        return open.contains(candidate);
    }

    List<EvaluationRequest> opening() {
        if (ranked) return List.of(EvaluationRequest.withGradient(space.zero()));
        List<EvaluationRequest> queries = new ArrayList<>(List.of(EvaluationRequest.of(space.zero())));
        alone.forEach(i -> queries.add(EvaluationRequest.of(space.single(i))));
        return queries;
    }

    /** Returns further points to evaluate before the model takes over; empty once it has taken over for good. */
    List<EvaluationRequest> next(Evaluations history) {
        if (ranked && !begun) {
            begun = true;
            return byGradient(history);
        }
        List<Integer> best = alone.stream()
                .filter(i -> history.find(space.single(i)).isPresent())
                .sorted(Comparator.comparingDouble(
                        i -> history.objective(history.find(space.single(i)).orElseThrow())))
                .toList();
        return best.size() < 2 ? List.of() : pairs.next(history, best, partners);
    }

    /** The steepest descent first. */
    private List<EvaluationRequest> byGradient(Evaluations history) {
        double[] slopes = history.gradient(space.zero()).orElseThrow();
        return alone.stream()
                .sorted(Comparator.comparingDouble(i -> slopes[i]))
                .map(i -> EvaluationRequest.of(space.single(i)))
                .toList();
    }
}
