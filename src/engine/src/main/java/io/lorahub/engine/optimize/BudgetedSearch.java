package io.lorahub.engine.optimize;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of all strategies: the base model is evaluated first, weights stay within the bounds, and the budget is
 * never exceeded. The next request depends only on the {@link Evaluations}.
 */
public abstract class BudgetedSearch implements Optimizer {

    protected final SearchSpace space;
    protected final Evaluations history = new Evaluations();
    private List<EvaluationRequest> pending = List.of();

    /** What may be spent in all: the budget, until the patience is spent. */
    private int end;

    /** Evaluations of it that are left to another search. */
    private int withheld;

    private boolean settled;

    /** The objective of the last gain, and what was spent then. */
    private double gained = Double.POSITIVE_INFINITY;

    private int spentAtGain;

    public BudgetedSearch(SearchSpace space) {
        this.space = space;
        end = space.budget();
    }

    /** Returns the next points, best first in case the budget does not cover all of them; empty at the end. */
    protected abstract List<EvaluationRequest> next();

    protected final int left() {
        return end - (improves() ? withheld : 0) - history.spent();
    }

    /** Evaluations that are needed to finish once the patience is spent. */
    protected int reserve() {
        return 0;
    }

    /**
     * Leaves evaluations of the budget to another search, which continues from the answer. The first points may use them,
     * so that it has a good one to begin with.
     */
    public void withhold(int evaluations) {
        withheld = evaluations;
    }

    /** Number of evaluations of the base model and of candidates alone that it can begin with. */
    public int firstPoints() {
        return 1;
    }

    /** Whether the first points are known, so that the search improves on them. */
    protected boolean improves() {
        return history.size() > 0;
    }

    /** Whether the patience counts. */
    protected boolean isPatient() {
        return improves();
    }

    @Override
    public final boolean hasSettled() {
        return settled;
    }

    @Override
    public final List<EvaluationRequest> ask() {
        if (pending.isEmpty() && left() > 0) pending = affordable(history.size() == 0 ? opening() : next());
        return pending;
    }

    @Override
    public final void tell(List<Observation> observations) {
        if (observations.size() != pending.size()) {
            throw new IllegalArgumentException(
                    "%d points were asked for, but %d were told.".formatted(pending.size(), observations.size()));
        }
        for (int i = 0; i < pending.size(); i++) history.add(pending.get(i), observations.get(i));
        pending = List.of();
        space.ending().patience().ifPresent(this::wait);
    }

    private void wait(int patience) {
        double lowest = history.objective(history.best());
        boolean first = gained == Double.POSITIVE_INFINITY;
        if (first || !isPatient() || lowest < gained - Ending.GAIN * Math.abs(gained)) {
            gained = lowest;
            spentAtGain = history.spent();
        } else if (!settled && history.spent() - spentAtGain >= patience) {
            int enough = history.spent() + reserve() + withheld;
            settled = enough < end;
            end = Math.min(end, enough);
        }
    }

    /** Returns the base model and all other points that do not depend on its result. */
    protected List<EvaluationRequest> opening() {
        return List.of(EvaluationRequest.of(space.zero()));
    }

    private List<EvaluationRequest> affordable(List<EvaluationRequest> requests) {
        List<EvaluationRequest> queries = new ArrayList<>();
        int cost = 0;
        for (EvaluationRequest query : requests) {
            boolean gradient =
                    query.gradient() && space.gradients() && cost + EvaluationRequest.GRADIENT_COST <= left();
            EvaluationRequest inside = new EvaluationRequest(space.within(query.weights()), gradient);
            if (cost + inside.cost() <= left()) {
                queries.add(inside);
                cost += inside.cost();
            }
        }
        return List.copyOf(queries);
    }
}
