package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.BudgetedSearch;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The default search. It evaluates candidates alone, keeping the loss of every token, then pairs until one is good
 * ({@link Probing}), then the gradient there. Each further point is the one where a {@link MarginModel} of all
 * observations, including gradients, expects the lowest objective. Each of them is evaluated with its gradient if the model
 * provides one for each example, every second one if it provides only their mean. With a population, each of these steps
 * consists of several points ({@link BelievedHistory}).
 */
public final class MarginSearch extends BudgetedSearch {

    private static final int MINIMIZER_ITERATIONS = 150;
    private static final double SAME_POINT = 1e-5;
    private static final double JITTER = 0.03;

    /** Standard deviation of the margin changes caused by new inputs, in logits: a few examples are easily over-fitted. */
    private static final double NOISE = 1;

    /** The objective above which the best pair may be the wrong one, and the evaluations left that pay for another. */
    private static final double DOUBTFUL = 1;

    private static final int LEFT_FOR_SECOND = 20;

    private final double[] shares;
    private final Probing probing;
    private final SparseMinimizer minimizer;
    private MixPruner finish;
    private double[] home;

    /** The best pair of other candidates, if the best one is doubtful. */
    private double[] second;

    private int steps;

    public MarginSearch(SearchSpace space) {
        super(space);
        shares = Margins.tokenShares(space.exampleOfToken());
        probing = new Probing(space, shares);
        minimizer = new SparseMinimizer(space, MINIMIZER_ITERATIONS, probing::isOpen);
        finish = finish(space);
    }

    @Override
    protected List<EvaluationRequest> opening() {
        return probing.opening();
    }

    @Override
    protected int reserve() {
        return finish.cost();
    }

    @Override
    public void withhold(int evaluations) {
        super.withhold(evaluations);
        probing.withhold(evaluations);
        finish = finish(space.withBudget(space.budget() - evaluations));
    }

    private MixPruner finish(SearchSpace own) {
        return new MixPruner(own, shares, minimizer, probing.covered());
    }

    @Override
    public int firstPoints() {
        return 1 + probing.covered();
    }

    @Override
    protected boolean improves() {
        return home != null;
    }

    @Override
    protected boolean isPatient() {
        return improves() && !finish.hasBegun();
    }

    @Override
    protected List<EvaluationRequest> next() {
        if (home == null) {
            List<EvaluationRequest> probes = probing.next(history);
            if (!probes.isEmpty()) return probes;
            home = history.weights(history.best());
            boolean known = history.gradient(home).isPresent();
            if (space.gradients() && !known && left() - finish.cost() > EvaluationRequest.GRADIENT_COST) {
                return List.of(EvaluationRequest.withGradient(home));
            }
        }
        if (second == null && space.gradients() && steps == 0 && isDoubtful()) {
            second = secondPair();
            if (second != null) return List.of(EvaluationRequest.withGradient(second));
        }
        if (finish.hasBegun()) {
            List<EvaluationRequest> sparser =
                    finish.sparser(TrainingPoints.of(space, history).model(Kernel.STEPS), history);
            // evaluations without a sparser form are used for the search
            return sparser.isEmpty() && !hasSettled() ? step(left()) : sparser;
        }
        if (left() <= finish.cost()) {
            return finish.queries(TrainingPoints.of(space, history).model(Kernel.STEPS), history, home);
        }
        return step(left() - finish.cost());
    }

    private boolean isDoubtful() {
        return history.objective(history.best()) > DOUBTFUL && left() - finish.cost() > LEFT_FOR_SECOND;
    }

    /** Returns the best evaluated pair of other candidates than the best one's; null if there is none. */
    private double[] secondPair() {
        return IntStream.range(0, history.size())
                .filter(i -> Elimination.support(history.weights(i)) == 2 && !sameSupport(history.weights(i), home))
                .boxed()
                .min(Comparator.comparingDouble(history::objective))
                .map(history::weights)
                .orElse(null);
    }

    private static boolean sameSupport(double[] a, double[] b) {
        return IntStream.range(0, a.length).allMatch(i -> (a[i] == 0) == (b[i] == 0));
    }

    @Override
    public OptionalInt recommended() {
        return finish.answer(history);
    }

    /**
     * Returns the next point, or as many as are proposed at once.
     *
     * @param most evaluations to spend on them, if there is more than one
     */
    private List<EvaluationRequest> step(int most) {
        steps++;
        BelievedHistory believed = new BelievedHistory(space, shares, history);
        // not in the last evaluation, after which a gradient has no use
        boolean gradient = (history.hasExampleGradients() || steps % 2 == 0)
                && left() - finish.cost() >= EvaluationRequest.GRADIENT_COST
                && left() > EvaluationRequest.GRADIENT_COST;
        List<EvaluationRequest> points = new ArrayList<>(List.of(next(believed, 0, gradient)));
        for (int spent = points.get(0).cost(); points.size() < space.population() && spent < most; ) {
            believed.believe(points.get(points.size() - 1).weights());
            boolean affordable = spent + EvaluationRequest.GRADIENT_COST <= most;
            EvaluationRequest next = next(believed, points.size(), gradient && affordable);
            points.add(next);
            spent += next.cost();
        }
        return points;
    }

    /** @param number of the point within its step, from 0 */
    private EvaluationRequest next(BelievedHistory believed, int number, boolean gradient) {
        ExpectedLoss expected = new ExpectedLoss(believed.model(), shares, NOISE);
        double[] weights = minimizer.minimize(expected, believed.best());
        if (second != null && isDoubtful()) {
            double[] other = minimizer.minimize(expected, second);
            if (forecast(expected, other) < forecast(expected, weights)) weights = other;
        }
        if (believed.holdsNear(weights, SAME_POINT)) weights = jittered(weights, number);
        return new EvaluationRequest(space.within(weights), gradient);
    }

    private double forecast(ExpectedLoss expected, double[] weights) {
        return expected.value(weights, new double[weights.length])
                + space.regularization().applyAsDouble(weights);
    }

    private double[] jittered(double[] weights, int number) {
        SplittableRandom random = new SplittableRandom(space.seed() * 1_000_003 + history.size() + number);
        double[] moved = weights.clone();
        for (int i = 0; i < moved.length; i++) moved[i] += JITTER * random.nextGaussian();
        return moved;
    }
}
