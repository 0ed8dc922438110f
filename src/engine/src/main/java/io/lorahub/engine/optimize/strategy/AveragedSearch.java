package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Ends any search with the mean of its best points, which takes the last evaluation of the budget. Weights that are 0 in
 * the search's answer stay 0. The mean is the answer if it costs almost nothing on the examples.
 */
final class AveragedSearch implements Optimizer {

    /** Maximum cost of the mean: this share of the answer's objective, plus {@link #BESIDE}, as of robust points. */
    private static final double DEARER = 0.05;

    private static final double BESIDE = 0.0003;

    private final int points;
    private final Optimizer search;
    private final Evaluations history = new Evaluations();
    private final boolean affordable;
    private List<EvaluationRequest> pending = List.of();

    /** Index of the search's answer; -1 before its end. */
    private int answer = -1;

    /** Number of evaluations of the search; the mean comes after them. */
    private int searched;

    AveragedSearch(SearchSpace space, int points, Function<SearchSpace, Optimizer> search) {
        this.points = points;
        affordable = space.budget() > 1;
        this.search = search.apply(affordable ? space.withBudget(space.budget() - 1) : space);
    }

    @Override
    public List<EvaluationRequest> ask() {
        if (!pending.isEmpty() || answer >= 0) return pending;
        pending = search.ask();
        if (!pending.isEmpty() || !affordable || history.size() < 2) return pending;
        answer = search.recommended().orElseGet(history::best);
        double[] mean = mean();
        if (history.find(mean).isEmpty()) pending = List.of(EvaluationRequest.of(mean));
        return pending;
    }

    private double[] mean() {
        double[] kept = history.weights(answer);
        List<Integer> best = history.order(0, history.size()).stream()
                .filter(i -> history.find(history.weights(i)).orElseThrow().equals(i))
                .limit(points)
                .toList();
        double[] mean = new double[kept.length];
        for (int index : best) {
            double[] weights = history.weights(index);
            for (int i = 0; i < mean.length; i++) {
                if (kept[i] != 0) mean[i] += weights[i] / best.size();
            }
        }
        return mean;
    }

    @Override
    public void tell(List<Observation> observations) {
        for (int i = 0; i < pending.size(); i++) history.add(pending.get(i), observations.get(i));
        pending = List.of();
        if (answer >= 0) return;
        searched = history.size();
        search.tell(observations);
    }

    @Override
    public OptionalInt recommended() {
        if (answer < 0) return search.recommended();
        double most = (1 + DEARER) * history.objective(answer) + BESIDE;
        boolean taken = history.size() > searched && history.objective(searched) <= most;
        return OptionalInt.of(taken ? searched : answer);
    }

    @Override
    public boolean hasSettled() {
        return search.hasSettled();
    }
}
