package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Finds the starting point of a {@link MarginSearch}: evaluates candidates alone, then pairs of them
 * ({@link PairProbing}).
 *
 * <p>If the budget does not cover every candidate, the {@link Representatives} of all candidates are evaluated first,
 * then the pair whose effects add up best. Until there is a good pair of them, the gradient at the best point so far
 * shows which other candidates complement it, and only those are evaluated, in rounds.
 */
final class Probing {

    /** Evaluations reserved for pairs if nearly all candidates can be evaluated. */
    private static final int KEPT_FOR_PAIRS = 4;

    /** Evaluations that improve the best pair more than further pairs would. */
    private static final int FOR_THE_MODEL = 12;

    /** A pair is good if its objective is at most this share of the best single candidate's. */
    private static final double GOOD_PAIR = 0.4;

    /** Number of pairs to evaluate until one is good. */
    private static final int PAIRS_UNTIL_GOOD = 3;

    private static final double FIRST_PART = 0.35;
    private static final double ROUND_PART = 0.1;
    private static final double MOST_FOR_SOME = 0.6;

    private final SearchSpace space;
    private final double[] shares;
    private final boolean all;
    private final int first;
    private final List<Integer> order;
    private final PairProbing pairs;

    Probing(SearchSpace space, double[] shares) {
        this.space = space;
        this.shares = shares;
        pairs = new PairProbing(space, shares);
        // in addition to the base model and one pair
        all = space.dimension() == 1 || space.dimension() + 2 <= space.budget();
        first = all ? space.dimension() : Math.max(2, firstOfMany());
        order = new ArrayList<>(IntStream.range(0, space.dimension()).boxed().toList());
        if (!all) {
            Collections.shuffle(order, new Random(space.seed()));
            new Representatives(space).bringForward(order, first);
        }
    }

    private int firstOfMany() {
        return space.dimension() <= space.budget()
                ? space.budget() - KEPT_FOR_PAIRS
                : (int) (FIRST_PART * space.budget());
    }

    List<EvaluationRequest> opening() {
        List<EvaluationRequest> queries = new ArrayList<>(List.of(EvaluationRequest.of(space.zero())));
        order.stream().limit(first).forEach(i -> queries.add(EvaluationRequest.of(space.single(i))));
        return queries;
    }

    /** Returns further points to evaluate before the model takes over; empty once it has taken over for good. */
    List<EvaluationRequest> next(Evaluations history) {
        Map<Integer, Integer> singles = singles(history);
        if (all) {
            List<Integer> best = singles.keySet().stream()
                    .sorted(Comparator.comparingDouble(i -> history.objective(singles.get(i))))
                    .toList();
            return best.size() < 2
                    ? List.of()
                    : pairs.next(history, best).stream().toList();
        }
        int last = history.size() - 1;
        if (singles.size() > 1 && (singles.containsValue(last) || needsAnotherPair(history, singles))) {
            List<EvaluationRequest> pairs = bestPairs(history, singles);
            if (!pairs.isEmpty()) return pairs;
        }
        boolean more = history.spent() < MOST_FOR_SOME * space.budget() && singles.size() < space.dimension();
        if (!more || hasGoodPair(history, singles)) return List.of();
        boolean known = !space.gradients() || history.get(last).gradient() != null;
        return known
                ? complements(history, singles)
                : List.of(EvaluationRequest.withGradient(history.weights(history.best())));
    }

    private boolean needsAnotherPair(Evaluations history, Map<Integer, Integer> singles) {
        int sinceSingle = history.size() - 1 - Collections.max(singles.values());
        return sinceSingle < PAIRS_UNTIL_GOOD
                && history.spent() + FOR_THE_MODEL < space.budget()
                && !hasGoodPair(history, singles);
    }

    private static boolean hasGoodPair(Evaluations history, Map<Integer, Integer> singles) {
        double alone =
                singles.values().stream().mapToDouble(history::objective).min().orElse(Double.POSITIVE_INFINITY);
        return history.objective(history.best()) <= GOOD_PAIR * alone;
    }

    private List<EvaluationRequest> complements(Evaluations history, Map<Integer, Integer> singles) {
        double[] best = history.weights(history.best());
        double[] gradient = history.get(history.size() - 1).gradient();
        List<Integer> ranking = new ArrayList<>(order);
        if (gradient != null) ranking.sort(Comparator.comparingDouble(i -> gradient[i]));
        return ranking.stream()
                .filter(i -> !singles.containsKey(i) && best[i] == 0)
                .limit(Math.max(1, (int) (ROUND_PART * space.budget())))
                .map(i -> EvaluationRequest.of(space.single(i)))
                .toList();
    }

    /** Returns the most promising pair not yet evaluated. */
    private List<EvaluationRequest> bestPairs(Evaluations history, Map<Integer, Integer> singles) {
        List<Integer> candidates = List.copyOf(singles.keySet());
        List<double[]> margins = candidates.stream()
                .map(i -> Margins.of(history.get(singles.get(i)).tokenLosses()))
                .toList();
        double[] base = Margins.of(history.get(0).tokenLosses());
        return new PairScreening(base, shares)
                .rank(margins).stream()
                        .map(pair -> together(candidates.get(pair.first()), candidates.get(pair.second())))
                        .filter(weights -> history.find(weights).isEmpty())
                        .limit(1)
                        .map(EvaluationRequest::of)
                        .toList();
    }

    private double[] together(int first, int second) {
        double[] weights = space.single(first);
        weights[second] = space.single(second)[second];
        return weights;
    }

    /** Returns the candidates evaluated alone, with their evaluations. */
    private Map<Integer, Integer> singles(Evaluations history) {
        Map<Integer, Integer> singles = new LinkedHashMap<>();
        for (int i : order) history.find(space.single(i)).ifPresent(at -> singles.put(i, at));
        return singles;
    }
}
