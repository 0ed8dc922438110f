package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.optimize.Differentiable;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.Optional;
import java.util.function.Consumer;
import org.hipparchus.exception.MathRuntimeException;

/**
 * Converts a minimiser that calls its function into one that requests points. For each request, it runs again from the
 * start with the known observations, and an exception ends it at the first point not yet evaluated.
 */
final class Replay {

    /** Replaces an infinite or NaN objective, which the library's methods do not accept. */
    private static final double HOPELESS = 1e6;

    private static final class Unknown extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final transient double[] point;

        Unknown(double[] point) {
            super(null, null, false, false);
            this.point = point;
        }
    }

    private final SearchSpace space;
    private final Evaluations history;

    Replay(SearchSpace space, Evaluations history) {
        this.space = space;
        this.history = history;
    }

    /**
     * Returns the first point that the minimiser requests and the history lacks; empty if the minimiser ends or gives
     * up first.
     */
    Optional<double[]> firstUnknown(Consumer<Differentiable> minimizer) {
        try {
            minimizer.accept(this::recorded);
        } catch (Unknown unknown) {
            return Optional.of(unknown.point);
        } catch (MathRuntimeException e) {
            // for example a trust region that cannot shrink further, or the limit of calls
            return Optional.empty();
        }
        return Optional.empty();
    }

    private double recorded(double[] point, double[] gradient) {
        double[] inside = space.within(point);
        int known = history.find(inside).orElseThrow(() -> new Unknown(inside));
        double[] knownGradient = history.get(known).gradient();
        for (int i = 0; i < gradient.length; i++) {
            boolean usable = knownGradient != null && Double.isFinite(knownGradient[i]);
            gradient[i] = usable ? knownGradient[i] : 0;
        }
        return Math.min(HOPELESS, history.objective(known));
    }
}
