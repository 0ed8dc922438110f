package io.lorahub.engine.optimize;

import java.util.List;

/** A general minimiser over all weights, from the base model on. */
final class LibrarySearch extends Conversation {

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
    protected List<Query> opening() {
        return List.of(new Query(space.zero(), gradients));
    }

    @Override
    protected List<Query> next() {
        if (gradients && (!space.gradients() || left() < Query.GRADIENT_COST)) {
            return List.of();
        }
        return new Replay(space, history)
                .firstUnknown(function -> minimizer.minimize(function, space, space.zero()))
                .map(point -> List.of(new Query(point, gradients)))
                .orElse(List.of());
    }
}
