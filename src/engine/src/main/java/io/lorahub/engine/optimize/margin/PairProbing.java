package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds a good pair of candidates. A {@link MarginModel} predicts the loss of every pair; the pair with the lowest
 * prediction is evaluated, and the model learns from the result, until a pair is good.
 * If the first pair is not good, or not all candidates were evaluated alone, the gradient at the best single candidate
 * tells which partners help only beside it. If no pair is good, the scales of the best one are fitted last.
 */
final class PairProbing {

    /** A pair is good if its objective is at most this share of the best single candidate's. */
    private static final double GOOD = 0.4;

    /** Number of pairs to evaluate until one is good, if little budget is left. */
    private static final int FEWEST_PAIRS = 4;

    /** The same if some candidates were not evaluated alone, so that their pairs are harder to predict. */
    private static final int FEWEST_PAIRS_OF_OTHERS = 8;

    /** Evaluations that improve the best pair more than further pairs would, and the remaining ones per pair. */
    private static final int FOR_THE_MODEL = 12;

    private static final int LEFT_PER_PAIR = 5;

    /** Evaluations that are never spent on a second pair, and on a gradient for pairs. */
    private static final int LEAST_LEFT = 6;

    private static final int LEAST_LEFT_FOR_GRADIENT = 10;

    /** Largest change of a weight from 1 in the predictions. */
    private static final double SCALING = 0.4;

    /** The best single candidate is nearly always one of a good pair, but not always. */
    private static final int ALL_PAIRS_EVERY = 3;

    /** Number of pairs whose scales are fitted for the prediction: those with the lowest prediction at weights of 1. */
    private static final int FITTED = 24;

    /** Single candidates whose partner can be one that was not evaluated alone. */
    private static final int FIRSTS = 2;

    private static final int MINIMIZER_ITERATIONS = 30;

    /** Pairs that are evaluated at once before any other, if several points are proposed at once. */
    private static final int FIRST_PAIRS = 2;

    private record Pair(double[] weights, double loss) {}

    private final SearchSpace space;
    private final double[] shares;
    private final SparseMinimizer minimizer;
    private int withheld;
    private int tried;
    private boolean gradientAsked;
    private boolean scaled;

    PairProbing(SearchSpace space, double[] shares) {
        this.space = space;
        this.shares = shares;
        minimizer = new SparseMinimizer(space, MINIMIZER_ITERATIONS);
    }

    /** @param evaluations of the budget that don't pay for more pairs */
    void withhold(int evaluations) {
        withheld = evaluations;
    }

    /**
     * Returns the next point to evaluate, or as many pairs as are proposed at once; empty at the end.
     *
     * @param singles candidates that were evaluated alone, the best first
     * @param others  further candidates, which can be partners of the best ones
     */
    List<EvaluationRequest> next(Evaluations history, List<Integer> singles, List<Integer> others) {
        double[] alone = space.single(singles.get(0));
        if (history.objective(history.best())
                <= GOOD * history.objective(history.find(alone).orElseThrow())) return List.of();
        int left = space.budget() - history.spent();
        if ((tried > 0 || !others.isEmpty())
                && !gradientAsked
                && space.gradients()
                && left >= LEAST_LEFT_FOR_GRADIENT) {
            gradientAsked = true;
            return List.of(EvaluationRequest.withGradient(alone));
        }
        if (tried > 0 && left <= LEAST_LEFT) return List.of();
        ExpectedLoss loss = new ExpectedLoss(TrainingPoints.of(space, history).model(Kernel.PAIRS), shares);
        List<double[]> chosen = new ArrayList<>();
        int fewest = others.isEmpty() ? FEWEST_PAIRS : FEWEST_PAIRS_OF_OTHERS;
        // pairs beyond the first are better chosen once the gradient is known
        boolean first = tried == 0 && !gradientAsked;
        int most = first ? Math.min(space.population(), FIRST_PAIRS) : space.population();
        while (chosen.size() < most
                && tried < Math.max(fewest, (left - withheld - chosen.size() - FOR_THE_MODEL) / LEFT_PER_PAIR)) {
            Optional<Pair> pair = Stream.concat(pairs(singles), partners(history, singles, others))
                    .filter(weights -> history.find(weights).isEmpty()
                            && chosen.stream().noneMatch(other -> Arrays.equals(other, weights)))
                    .map(weights -> new Pair(weights, value(loss, weights)))
                    .sorted(Comparator.comparingDouble(Pair::loss))
                    .limit(FITTED)
                    .map(p -> new Pair(p.weights(), value(loss, fitted(loss, p.weights()))))
                    .min(Comparator.comparingDouble(Pair::loss));
            tried++;
            if (pair.isEmpty()) break;
            chosen.add(pair.get().weights());
        }
        return chosen.isEmpty()
                ? rescaled(loss, history).stream().toList()
                : chosen.stream().map(EvaluationRequest::of).toList();
    }

    /** Every third time all pairs, otherwise those of the best single candidate. */
    private Stream<double[]> pairs(List<Integer> singles) {
        int firsts = tried % ALL_PAIRS_EVERY == 0 ? singles.size() : 1;
        return IntStream.range(1, singles.size())
                .boxed()
                .flatMap(second -> singles.subList(0, Math.min(second, firsts)).stream()
                        .map(first -> pair(first, singles.get(second))));
    }

    /**
     * The best two candidates, each with the others whose gradient at the best one is steepest; without it, nothing is known
     * of the others.
     */
    private Stream<double[]> partners(Evaluations history, List<Integer> singles, List<Integer> others) {
        Optional<double[]> gradient = history.gradient(space.single(singles.get(0)));
        return gradient.stream()
                .flatMap(slopes -> others.stream()
                        .sorted(Comparator.comparingDouble(i -> slopes[i]))
                        .limit(FITTED)
                        .flatMap(other -> singles.stream().limit(FIRSTS).map(first -> pair(first, other))));
    }

    private double[] pair(int first, int second) {
        double[] weights = space.single(first);
        weights[second] = space.single(second)[second];
        return weights;
    }

    private static double value(ExpectedLoss loss, double[] weights) {
        return loss.value(weights, new double[weights.length]);
    }

    private double[] fitted(ExpectedLoss loss, double[] pair) {
        double[] distances = IntStream.range(0, pair.length)
                .mapToDouble(i -> pair[i] == 0 ? 0 : SCALING)
                .toArray();
        return minimizer.minimizeNear(loss, pair, distances);
    }

    private Optional<EvaluationRequest> rescaled(ExpectedLoss loss, Evaluations history) {
        double[] best = history.weights(history.best());
        long used = IntStream.range(0, best.length).filter(i -> best[i] != 0).count();
        if (scaled || used != 2) return Optional.empty();
        scaled = true;
        return Optional.of(EvaluationRequest.of(fitted(loss, best)));
    }
}
