package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.BudgetedSearch;
import io.lorahub.engine.optimize.Differentiable;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.List;

/** Applies a general minimiser to all weights, starting from the base model. */
final class LibrarySearch extends BudgetedSearch {

    /** A method that minimises a function within the bounds of a space. */
    @FunctionalInterface
    interface Minimizer {

        void minimize(Differentiable function, SearchSpace space, double[] start);
    }

    private final Minimizer minimizer;
    private final boolean gradients;

    private LibrarySearch(SearchSpace space, Minimizer minimizer, boolean gradients) {
        super(space);
        this.minimizer = minimizer;
        this.gradients = gradients;
    }

    static LibrarySearch withoutGradients(SearchSpace space, Minimizer minimizer) {
        return new LibrarySearch(space, minimizer, false);
    }

    static LibrarySearch withGradients(SearchSpace space, Minimizer minimizer) {
        return new LibrarySearch(space, minimizer, true);
    }

    @Override
    protected List<EvaluationRequest> opening() {
        return List.of(new EvaluationRequest(space.zero(), gradients));
    }

    @Override
    protected List<EvaluationRequest> next() {
        if (gradients && (!space.gradients() || left() < EvaluationRequest.GRADIENT_COST)) return List.of();
        return new Replay(space, history)
                .firstUnknown(function -> minimizer.minimize(function, space, space.zero()))
                .map(point -> List.of(new EvaluationRequest(point, gradients)))
                .orElse(List.of());
    }
}
