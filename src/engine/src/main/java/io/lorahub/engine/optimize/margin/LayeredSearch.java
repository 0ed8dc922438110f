package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.BudgetedSearch;
import io.lorahub.engine.optimize.Differentiable;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Finds one weight per candidate first, by any search, and then one per candidate and group of layers, for the
 * candidates that this search has kept, or for all if it has found nothing that solves the task. The weights of the groups
 * start at the shared one. They are taken only if they lower the objective.
 *
 * <p>All requests have one weight per candidate and group [N * G], the groups of a candidate side by side. Gradients
 * therefore tell about the groups from the start, and the {@link MarginModel} of the second part learns from all
 * evaluations. Its weights are divided by √G, so that its kernel is the same for weights that are equal in all groups.
 */
public final class LayeredSearch implements Optimizer {

    /** Share of the evaluations beyond those of single candidates that the weights of the groups get, and the fewest. */
    private static final double SHARE = 0.35;

    private static final int FEWEST = 10;

    /** Evaluations beyond those of single candidates from which it gains more than they cost. */
    private static final int ENOUGH = 15;

    /** Objective above which the shared weights solve nothing, so that candidates which they leave out may enter the mix. */
    private static final double UNSOLVED = 0.5;

    /** As in the last points of {@link MixPruner}: noise of new inputs' margins, and cost of leaving the shared weights. */
    private static final double NOISE = 2;

    private static final double PULL = 0.3;

    private static final double SAME_POINT = 1e-5;

    private static final int MINIMIZER_ITERATIONS = 150;

    private final SearchSpace space;
    private final int groups;
    private final int withheld;
    private final BudgetedSearch shared;
    private final double root;

    /** Weights of all groups, divided by √G. */
    private final SearchSpace scaled;

    /** Requests, with the weights as they are; the history has them divided by √G. */
    private final List<EvaluationRequest> requests = new ArrayList<>();

    private final Evaluations history = new Evaluations();
    private final double[] tokenShares;
    private final SparseMinimizer minimizer;
    private List<EvaluationRequest> pending = List.of();

    /** Index of the answer of the first part; -1 before its end. */
    private int answer = -1;

    /** Number of evaluations of the first part. */
    private int searched;

    /** What may be spent in all. */
    private int end;

    private int steps;

    /**
     * @param space  of the candidates
     * @param groups number of groups G
     * @param search finds one weight per candidate
     */
    public LayeredSearch(SearchSpace space, int groups, Function<SearchSpace, BudgetedSearch> search) {
        this.space = space;
        this.groups = groups;
        shared = search.apply(space);
        int share = (int) (SHARE * (space.budget() - shared.firstPoints()));
        withheld = Math.min((space.budget() - 1) / 2, Math.max(FEWEST, share));
        shared.withhold(withheld);
        root = Math.sqrt(groups);
        scaled = scaled(space);
        tokenShares = Margins.tokenShares(space.exampleOfToken());
        minimizer = new SparseMinimizer(scaled, MINIMIZER_ITERATIONS);
    }

    /** Whether a budget is large enough for weights per group to gain more than the evaluations they cost. */
    public static boolean gains(int budget, int candidates) {
        return afterSingles(budget, candidates) >= ENOUGH;
    }

    /** The budget from which it {@link #gains} if all candidates are evaluated alone. */
    public static int enough(int candidates) {
        return candidates + 1 + ENOUGH;
    }

    private static int afterSingles(int budget, int candidates) {
        return Math.max(0, budget - 1 - Probing.most(candidates, budget));
    }

    private SearchSpace scaled(SearchSpace all) {
        return new SearchSpace(
                all.dimension() * groups,
                all.settings()
                        .with(SearchSettings.LOWER, all.lower() / root)
                        .with(SearchSettings.UPPER, all.upper() / root),
                all.gradients(),
                all.exampleOfToken(),
                point -> all.regularization().applyAsDouble(times(point, root)),
                all.products());
    }

    @Override
    public List<EvaluationRequest> ask() {
        if (!pending.isEmpty()) return pending;
        if (answer < 0) {
            pending = shared.ask().stream()
                    .map(request -> new EvaluationRequest(expanded(request.weights()), request.gradient()))
                    .toList();
            if (!pending.isEmpty() || history.size() == 0) return pending;
            answer = shared.recommended().orElseGet(history::best);
            end = shared.hasSettled() ? Math.min(space.budget(), history.spent() + withheld) : space.budget();
        }
        pending = next();
        return pending;
    }

    /** Returns the next point with weights per group, or as many as are proposed at once; empty at the end. */
    private List<EvaluationRequest> next() {
        int left = end - history.spent();
        double[] start = history.weights(answer);
        if (left <= 0 || Arrays.stream(start).allMatch(w -> w == 0)) return List.of();
        boolean gradient = left > EvaluationRequest.GRADIENT_COST;
        if (gradient && history.gradient(start).isEmpty()) {
            // not the scaled weights times √G, whose last bits can differ
            return List.of(EvaluationRequest.withGradient(requests.get(answer).weights()));
        }
        boolean again = history.hasExampleGradients() || steps++ % 2 == 1;
        BelievedHistory believed = new BelievedHistory(scaled, tokenShares, history);
        List<EvaluationRequest> points = new ArrayList<>();
        for (int spent = 0; points.size() < space.population() && spent < left; ) {
            ExpectedLoss robust = new ExpectedLoss(believed.model(), tokenShares, NOISE);
            Differentiable goal = MixPruner.pulled(robust, PULL, start);
            double[] point = mayAdd() ? minimizer.minimize(goal, best()) : minimizer.minimizeSupport(goal, best());
            if (believed.holdsNear(point, SAME_POINT)) break;
            boolean affordable = left - spent > EvaluationRequest.GRADIENT_COST;
            points.add(new EvaluationRequest(space.within(times(point, root)), again && affordable));
            spent += points.get(points.size() - 1).cost();
            if (points.size() < space.population()) believed.believe(point);
        }
        return points;
    }

    /** Whether candidates may enter that the answer leaves out; not if copies are among them. */
    private boolean mayAdd() {
        return history.objective(answer) > UNSOLVED
                && Probing.most(space.dimension(), space.budget()) == space.dimension();
    }

    /** The best point so far, which uses no other candidates than the answer if that one solves anything. */
    private double[] best() {
        OptionalInt better = better();
        return history.weights(better.orElse(answer));
    }

    /** The best of the points with weights per group, if it is better than the answer before them. */
    private OptionalInt better() {
        return IntStream.range(searched, history.size())
                .filter(i -> history.objective(i) < history.objective(answer))
                .reduce((a, b) -> history.objective(b) < history.objective(a) ? b : a);
    }

    @Override
    public void tell(List<Observation> observations) {
        requests.addAll(pending);
        for (int i = 0; i < pending.size(); i++) {
            Observation observation = observations.get(i);
            history.add(
                    pending.get(i),
                    new Observation(
                            times(pending.get(i).weights(), 1 / root),
                            observation.objective(),
                            observation.loss(),
                            observation.tokenLosses(),
                            observation.gradient() == null ? null : times(observation.gradient(), root),
                            times(observation.exampleGradients(), root)));
        }
        pending = List.of();
        if (answer >= 0) return;
        searched = history.size();
        shared.tell(observations.stream().map(this::folded).toList());
    }

    /** The same observation with one weight per candidate. */
    private Observation folded(Observation observation) {
        double[] weights = new double[space.dimension()];
        for (int i = 0; i < weights.length; i++) weights[i] = observation.weights()[i * groups];
        double[] gradient = null;
        if (observation.gradient() != null) {
            gradient = new double[weights.length];
            for (int k = 0; k < observation.gradient().length; k++)
                gradient[k / groups] += observation.gradient()[k];
        }
        float[][] ofExamples = null;
        if (observation.exampleGradients() != null) {
            ofExamples = new float[observation.exampleGradients().length][weights.length];
            for (int e = 0; e < ofExamples.length; e++) {
                float[] all = observation.exampleGradients()[e];
                for (int k = 0; k < all.length; k++) ofExamples[e][k / groups] += all[k];
            }
        }
        return new Observation(
                weights, observation.objective(), observation.loss(), observation.tokenLosses(), gradient, ofExamples);
    }

    private double[] expanded(double[] weights) {
        double[] all = new double[weights.length * groups];
        for (int k = 0; k < all.length; k++) all[k] = weights[k / groups];
        return all;
    }

    private static double[] times(double[] values, double factor) {
        double[] product = values.clone();
        Vectors.scale(product, factor);
        return product;
    }

    private static float[][] times(float[][] rows, double factor) {
        if (rows == null) return null;
        float[][] products = new float[rows.length][];
        for (int e = 0; e < rows.length; e++) {
            products[e] = rows[e].clone();
            for (int k = 0; k < products[e].length; k++) products[e][k] *= (float) factor;
        }
        return products;
    }

    @Override
    public OptionalInt recommended() {
        if (answer < 0) return shared.recommended();
        return OptionalInt.of(better().orElse(answer));
    }

    @Override
    public boolean hasSettled() {
        return shared.hasSettled();
    }
}
