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
import java.util.stream.Stream;

/**
 * Finds the starting point of a {@link MarginSearch}: evaluates candidates alone, then pairs of them
 * ({@link PairProbing}).
 *
 * <p>If few evaluations would be left after all single candidates, the gradient at the base model comes first, and only
 * those with the steepest descent are evaluated alone, until one of them helps much: one of two skills is nearly always
 * among them. If none of them helps enough, the rest follow. The gradient at the best of them shows which of the others
 * complement it.
 *
 * <p>If the budget does not cover every candidate, only {@link Representatives} are evaluated, and copies of them are in
 * no mix.
 */
final class Probing {

    /** Evaluations reserved for pairs if nearly all candidates can be evaluated. */
    private static final int KEPT_FOR_PAIRS = 4;

    /** Largest share of the budget for single candidates if there are more of them than evaluations. */
    private static final double MOST_ALONE = 0.6;

    private static final int FEWEST_ALONE = 2;

    /** Largest share of the budget for a gradient that only tells in which order single candidates are evaluated. */
    private static final double MOST_FOR_RANKING = 0.04;

    /** If at least this many evaluations remain after all single candidates, skipping some gains nothing. */
    private static final int ENOUGH_LEFT = 30;

    /** Largest share of the single candidates that are evaluated with fewer left, until one is {@link #HELPFUL}. */
    private static final double STEEPEST = 0.4;

    /** This share is at least as many candidates. */
    private static final int FEWEST_STEEPEST = 6;

    /** Candidates of these that are evaluated in any case. */
    private static final int FIRST = 4;

    /** A candidate helps much if its objective is at most this share of the base model's. */
    private static final double HELPFUL = 0.3;

    /** If none of these has less than this share of the base model's objective, the others are evaluated too. */
    private static final double POOR = 0.6;

    /** Number of further candidates that are compared with each other to find those that are no copies. */
    private static final int COMPARED = 24;

    private final SearchSpace space;
    private final Set<Integer> open;

    /** Number of candidates that the budget covers alone, and of those to evaluate. */
    private final int covered;

    private final int singles;

    /** Whether the gradient at the base model tells which candidates to evaluate alone, and in which order. */
    private final boolean ranked;

    /** Candidates to evaluate alone, and others, which can be partners of the best ones. */
    private List<Integer> alone;

    private List<Integer> partners;

    /** Those of the partners that may still be evaluated alone, the steepest first. */
    private List<Integer> rest = List.of();

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
        } else {
            Collections.shuffle(order, new Random(space.seed()));
            int whole = new Representatives(space).bringForward(order, most + COMPARED);
            int first = Math.max(FEWEST_ALONE, Math.min(most, whole));
            alone = order.subList(0, first);
            partners = order.subList(first, Math.max(first, whole));
            open = Set.copyOf(order.subList(0, Math.max(first, whole)));
        }
        covered = alone.size();
        singles = steepest(covered, space);
        boolean ordered =
                most < space.dimension() && EvaluationRequest.GRADIENT_COST <= MOST_FOR_RANKING * space.budget();
        ranked = space.gradients() && (singles < alone.size() || ordered);
    }

    /** Number of candidates to evaluate alone of those that the budget would cover. */
    private static int steepest(int candidates, SearchSpace space) {
        int few = Math.max(FEWEST_STEEPEST, (int) Math.ceil(STEEPEST * candidates));
        boolean pays =
                candidates - few > EvaluationRequest.GRADIENT_COST && space.budget() - 1 - candidates < ENOUGH_LEFT;
        return space.gradients() && pays ? few : candidates;
    }

    /** Largest number of candidates to evaluate alone. */
    static int most(int candidates, int budget) {
        // in addition to the base model and one pair
        if (candidates == 1 || candidates + 2 <= budget) return candidates;
        return Math.max(FEWEST_ALONE, candidates <= budget ? budget - KEPT_FOR_PAIRS : (int) (MOST_ALONE * budget));
    }

    /** @param evaluations of the budget that are left to another search */
    void withhold(int evaluations) {
        pairs.withhold(evaluations);
    }

    /** Number of candidates that the budget covers alone. */
    int covered() {
        return covered;
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
            return steepest(history);
        }
        if (!rest.isEmpty()) {
            int more = more(history);
            if (more > 0) return further(more);
            rest = List.of();
        }
        List<Integer> best = alone.stream()
                .filter(i -> history.find(space.single(i)).isPresent())
                .sorted(Comparator.comparingDouble(
                        i -> history.objective(history.find(space.single(i)).orElseThrow())))
                .toList();
        return best.size() < 2 ? List.of() : pairs.next(history, best, partners);
    }

    /** Returns the candidates with the steepest descent. */
    private List<EvaluationRequest> steepest(Evaluations history) {
        double[] slopes = history.gradient(space.zero()).orElseThrow();
        List<Integer> order = alone.stream()
                .sorted(Comparator.comparingDouble(i -> slopes[i]))
                .toList();
        int first = singles < order.size() ? Math.min(FIRST, singles) : singles;
        alone = order.subList(0, first);
        rest = order.subList(first, order.size());
        partners = Stream.concat(rest.stream(), partners.stream()).toList();
        return queries(alone);
    }

    /** Number of candidates to evaluate alone next. */
    private int more(Evaluations history) {
        double best = history.objective(history.best());
        double base = history.objective(0);
        if (alone.size() < singles) {
            return best > HELPFUL * base ? Math.min(space.population(), singles - alone.size()) : 0;
        }
        int affordable = space.budget() - history.spent() - KEPT_FOR_PAIRS;
        return best > POOR * base ? Math.min(rest.size(), affordable) : 0;
    }

    private List<EvaluationRequest> further(int count) {
        List<Integer> added = rest.subList(0, count);
        rest = rest.subList(count, rest.size());
        alone = Stream.concat(alone.stream(), added.stream()).toList();
        partners = partners.subList(count, partners.size());
        return queries(added);
    }

    private List<EvaluationRequest> queries(List<Integer> candidates) {
        return candidates.stream()
                .map(i -> EvaluationRequest.of(space.single(i)))
                .toList();
    }
}
