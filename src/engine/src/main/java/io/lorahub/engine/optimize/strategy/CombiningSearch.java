package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.BudgetedSearch;
import io.lorahub.engine.optimize.Differentiable;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Minimizers;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Evaluates every candidate alone, then combinations of the promising ones, then runs CMA-ES over the weights of four
 * adapters. Subclasses choose the combinations and the four adapters.
 */
abstract class CombiningSearch extends BudgetedSearch {

    private static final int REFINED = 4;
    private static final double DEVIATION = 0.3;

    private int[] refined;
    private double[] start;

    CombiningSearch(SearchSpace space) {
        super(space);
    }

    /** Returns combinations to evaluate; empty if there are no more. */
    protected abstract List<double[]> combinations();

    /** Ranks the adapters whose weights are refined, most important first. */
    protected abstract List<Integer> ranking();

    @Override
    protected List<EvaluationRequest> opening() {
        return IntStream.rangeClosed(0, space.dimension())
                .mapToObj(i -> EvaluationRequest.of(i == 0 ? space.zero() : space.single(i - 1)))
                .toList();
    }

    /**
     * Number of candidates evaluated alone; lower than their total if the budget is short. Candidate i is evaluation i
     * + 1.
     */
    protected final int probed() {
        return Math.min(space.dimension(), space.budget() - 1);
    }

    @Override
    protected List<EvaluationRequest> next() {
        if (start == null) {
            List<double[]> combinations = combinations();
            if (!combinations.isEmpty())
                return combinations.stream().map(EvaluationRequest::of).toList();
            start = history.weights(history.best());
            refined = ranking().stream().limit(REFINED).mapToInt(i -> i).toArray();
        }
        return new Replay(space, history)
                .firstUnknown(this::refine)
                .map(point -> List.of(EvaluationRequest.of(point)))
                .orElse(List.of());
    }

    private void refine(Differentiable function) {
        double[] part = Arrays.stream(refined).mapToDouble(i -> start[i]).toArray();
        double[] ignored = new double[start.length];
        Minimizers.cmaEs((values, gradient) -> function.value(embedded(values), ignored), space, part, DEVIATION);
    }

    private double[] embedded(double[] values) {
        double[] weights = start.clone();
        for (int i = 0; i < refined.length; i++) weights[refined[i]] = values[i];
        return weights;
    }
}
