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

    public BudgetedSearch(SearchSpace space) {
        this.space = space;
    }

    /** Returns the next points, best first in case the budget does not cover all of them; empty at the end. */
    protected abstract List<EvaluationRequest> next();

    protected final int left() {
        return space.budget() - history.spent();
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
    }

    /** Returns the base model and all other points that do not depend on its result. */
    protected List<EvaluationRequest> opening() {
        return List.of(EvaluationRequest.of(space.zero()));
    }

    private List<EvaluationRequest> affordable(List<EvaluationRequest> wanted) {
        List<EvaluationRequest> queries = new ArrayList<>();
        int cost = 0;
        for (EvaluationRequest query : wanted) {
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
