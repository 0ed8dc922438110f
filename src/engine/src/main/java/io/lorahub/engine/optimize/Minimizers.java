package io.lorahub.engine.optimize;

import java.util.Arrays;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.SimpleBounds;
import org.hipparchus.optim.SimpleValueChecker;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.noderiv.BOBYQAOptimizer;
import org.hipparchus.optim.nonlinear.scalar.noderiv.CMAESOptimizer;
import org.hipparchus.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.hipparchus.optim.nonlinear.scalar.noderiv.SimplexOptimizer;
import org.hipparchus.random.Well19937c;

/** General minimisation methods, from Hipparchus if available there. */
public final class Minimizers {

    /** A third of the distance from zero to the published bounds. */
    private static final double FIRST_STEP = 0.5;

    private static final int LBFGS_ITERATIONS = 10_000;

    private Minimizers() {}

    public static void cmaEs(Differentiable function, SearchSpace space, double[] start) {
        cmaEs(function, space, start, FIRST_STEP);
    }

    public static void cmaEs(Differentiable function, SearchSpace space, double[] start, double deviation) {
        int n = start.length;
        int population = 4 + (int) (3 * Math.log(n));
        new CMAESOptimizer(Integer.MAX_VALUE, 0, true, 0, 0, new Well19937c(space.seed()), false, null)
                .optimize(
                        calls(space),
                        objective(function, n),
                        GoalType.MINIMIZE,
                        new InitialGuess(start),
                        bounds(space, n),
                        new CMAESOptimizer.Sigma(filled(n, Math.min(deviation, (space.upper() - space.lower()) / 2))),
                        new CMAESOptimizer.PopulationSize(population));
    }

    public static void nelderMead(Differentiable function, SearchSpace space, double[] start) {
        new SimplexOptimizer(new SimpleValueChecker(1e-9, 1e-9))
                .optimize(
                        calls(space),
                        objective(function, start.length),
                        GoalType.MINIMIZE,
                        new InitialGuess(start),
                        new NelderMeadSimplex(start.length, FIRST_STEP));
    }

    /** Powell's trust-region method with quadratic models; requires at least two weights. */
    public static void bobyqa(Differentiable function, SearchSpace space, double[] start) {
        int n = start.length;
        if (n == 1) {
            nelderMead(function, space, start);
            return;
        }
        double radius = Math.min(FIRST_STEP, (space.upper() - space.lower()) / 2.5);
        new BOBYQAOptimizer(2 * n + 1, radius, 1e-6)
                .optimize(
                        calls(space),
                        objective(function, n),
                        GoalType.MINIMIZE,
                        new InitialGuess(start),
                        bounds(space, n));
    }

    public static void lbfgs(Differentiable function, SearchSpace space, double[] start) {
        int n = start.length;
        new BoundedLbfgs(filled(n, space.lower()), filled(n, space.upper()), LBFGS_ITERATIONS)
                .minimize(function, start);
    }

    /**
     * Limits the calls of a method. Points outside the bounds are moved onto them, so a method could call indefinitely
     * without requesting a new point.
     */
    private static MaxEval calls(SearchSpace space) {
        return new MaxEval(20 * space.budget() + 1000);
    }

    private static ObjectiveFunction objective(Differentiable function, int dimension) {
        double[] ignored = new double[dimension];
        return new ObjectiveFunction(point -> function.value(point, ignored));
    }

    private static SimpleBounds bounds(SearchSpace space, int dimension) {
        return new SimpleBounds(filled(dimension, space.lower()), filled(dimension, space.upper()));
    }

    private static double[] filled(int size, double value) {
        double[] filled = new double[size];
        Arrays.fill(filled, value);
        return filled;
    }
}
