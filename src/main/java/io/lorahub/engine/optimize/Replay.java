package io.lorahub.engine.optimize;

import java.util.Optional;
import java.util.function.Consumer;
import org.hipparchus.exception.MathRuntimeException;

/**
 * Turns a minimiser that calls its function into one that asks: it is run again from its start at each question, is fed
 * what was told, and is left by an exception at the first point that nobody has evaluated yet.
 */
final class Replay {

    /** Stands for an objective that is infinite or not a number, which the library's methods cannot take. */
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

    /** The first point that the minimiser wants and the history lacks; empty when it ends or gives up before. */
    Optional<double[]> firstUnknown(Consumer<Differentiable> minimizer) {
        try {
            minimizer.accept(this::told);
        } catch (Unknown unknown) {
            return Optional.of(unknown.point);
        } catch (MathRuntimeException e) {
            // such as a trust region that cannot shrink further, or the limit of calls
            return Optional.empty();
        }
        return Optional.empty();
    }

    private double told(double[] point, double[] gradient) {
        double[] inside = space.within(point);
        int known = history.find(inside).orElseThrow(() -> new Unknown(inside));
        double[] toldGradient = history.get(known).gradient();
        for (int i = 0; i < gradient.length; i++) {
            boolean usable = toldGradient != null && Double.isFinite(toldGradient[i]);
            gradient[i] = usable ? toldGradient[i] : 0;
        }
        return Math.min(HOPELESS, history.objective(known));
    }
}
