package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.Differentiable;
import io.lorahub.engine.optimize.Ending.Pruning;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The last evaluations of the default search. A few examples are easily over-fitted, so it tries points that the model
 * predicts to be good even if new inputs shift the margins, and that stay closer to the best probed combination. It
 * keeps the last of them that costs almost nothing on the examples. With a large budget, it then evaluates sparser
 * forms, because weights without effect only make the written adapter larger.
 */
final class MixPruner {

    /**
     * The trade-off of a point between best fit and robustness.
     *
     * @param beside cost of each unit of a weight that is zero in the best probed combination
     */
    private record Rung(double noise, double pull, double beside) {}

    private static final List<Rung> LADDER = List.of(
            new Rung(2, 0.01, 0.04),
            new Rung(2, 0.03, 0),
            new Rung(2, 0.1, 0),
            new Rung(3, 0.1, 0),
            new Rung(3, 0.3, 0));

    /** Maximum cost of robustness, and then of sparsity: this share of the lowest objective, plus {@link #BESIDE}. */
    private static final double DEARER = 0.05;

    private static final double BESIDE = 0.0003;

    private static final int BUDGET_PER_RUNG = 15;

    /**
     * Evaluations of sparser forms, if there are at least {@link #RUNGS_FOR_PROOFS} rungs: a small budget is better
     * spent on the search.
     */
    private static final int PROOFS = 4;

    private static final int PROOFS_OF_LASSO = 2;

    private static final int RUNGS_FOR_PROOFS = 3;

    private static final double[] COSTS = {0.007, 0.015, 0.03, 0.06, 0.1, 0.2, 0.3, 0.5};

    private final SearchSpace space;
    private final double[] shares;
    private final SparseMinimizer minimizer;
    private final int rungs;
    private final int proofs;
    private final boolean eliminates;
    private final Elimination elimination;
    private int first = -1;
    private double[] home;

    /** Index of the point from which sparser forms are derived; -1 before the first. */
    private int answer = -1;

    private double most;
    /** Number of sparser forms judged so far. */
    private int judged;

    private int fewest;

    /** Index of the answer among the rungs, or the best point before them. */
    private int dense;

    /** Index after the last sparser form; later points belong to the search. */
    private int end = Integer.MAX_VALUE;

    /** @param singles number of candidates that the budget covers alone */
    MixPruner(SearchSpace space, double[] shares, SparseMinimizer minimizer, int singles) {
        this.space = space;
        this.shares = shares;
        this.minimizer = minimizer;
        int afterProbing = Math.max(0, space.budget() - 1 - singles);
        rungs = Math.min(LADDER.size(), afterProbing / BUDGET_PER_RUNG);
        eliminates = space.ending().pruning() == Pruning.ELIMINATION;
        proofs = rungs < RUNGS_FOR_PROOFS ? 0 : eliminates ? PROOFS : PROOFS_OF_LASSO;
        elimination = new Elimination(minimizer);
    }

    /** Number of evaluations to reserve for pruning. */
    int cost() {
        return rungs + proofs;
    }

    boolean hasBegun() {
        return first >= 0;
    }

    List<EvaluationRequest> queries(MarginModel model, Evaluations history, double[] home) {
        first = history.size();
        this.home = home;
        double[] best = history.weights(history.best());
        return LADDER.stream()
                .limit(rungs)
                .map(rung -> EvaluationRequest.of(minimizer.minimize(pulled(model, rung), best, beside(rung))))
                .toList();
    }

    private double[] beside(Rung rung) {
        return Arrays.stream(home).map(weight -> weight == 0 ? rung.beside : 0).toArray();
    }

    /**
     * Returns, after the rungs, the sparsest form of the answer that the model predicts to be as good. Once empty, the
     * result is always empty.
     */
    List<EvaluationRequest> sparser(MarginModel model, Evaluations history) {
        if (proofs == 0 || end < history.size()) return List.of();
        judge(history);
        double[] weights = history.weights(answer);
        List<EvaluationRequest> forms = eliminates ? eliminated(model, history, weights) : lasso(model, weights);
        if (forms.isEmpty()) end = history.size();
        return forms;
    }

    /** Returns the sparsest form that the model, which knows the forms that failed, predicts to be good. */
    private List<EvaluationRequest> eliminated(MarginModel model, Evaluations history, double[] weights) {
        ExpectedLoss loss = new ExpectedLoss(model, shares);
        return elimination.forms(loss, form -> objective(loss, form), weights).stream()
                .filter(form -> objective(loss, form) <= most
                        && history.find(space.within(form)).isEmpty())
                .reduce((dense, sparse) -> sparse)
                .map(EvaluationRequest::of)
                .stream()
                .toList();
    }

    private List<EvaluationRequest> lasso(MarginModel model, double[] weights) {
        Differentiable loss = goal(model);
        double enough = (1 + DEARER) * objective(loss, weights) + BESIDE;
        return forms(loss, weights).stream()
                .filter(form -> Elimination.support(form) > fewest
                        && Elimination.support(form) < Elimination.support(weights)
                        && objective(loss, form) <= enough)
                .limit(1)
                .map(EvaluationRequest::of)
                .toList();
    }

    /**
     * Returns sparser forms of a mix, the sparsest first. The cost of the sum of |w| is increased in steps, which
     * brings weights with little effect to zero; the remaining ones are fitted again without that cost (the relaxed
     * lasso).
     */
    private List<double[]> forms(Differentiable loss, double[] weights) {
        LinkedList<double[]> forms = new LinkedList<>();
        double[] from = weights;
        for (double cost : COSTS) {
            double[] dearer = new double[weights.length];
            Arrays.fill(dearer, cost);
            from = minimizer.minimize(loss, from, dearer);
            if (Elimination.support(from) == 0) break;
            forms.addFirst(minimizer.minimizeSupport(loss, from));
        }
        return forms;
    }

    /** Makes each form that proves good the answer. If a form does not, no equally sparse or sparser ones are tried. */
    private void judge(Evaluations history) {
        if (answer < 0) {
            dense = dense(history);
            answer = dense;
            most = mostFor(history.objective(answer));
        }
        for (int i = first + rungs + judged; i < Math.min(end, history.size()); i++, judged++) {
            if (history.objective(i) <= most) {
                answer = i;
            } else {
                fewest = Elimination.support(history.weights(i));
            }
        }
    }

    private double objective(Differentiable loss, double[] weights) {
        return loss.value(weights, new double[weights.length])
                + space.regularization().applyAsDouble(weights);
    }

    private Differentiable goal(MarginModel model) {
        int rung = answer < first ? -1 : Math.min(answer - first, rungs - 1);
        return rung < 0 ? new ExpectedLoss(model, shares) : pulled(model, LADDER.get(rung));
    }

    private Differentiable pulled(MarginModel model, Rung rung) {
        return pulled(new ExpectedLoss(model, shares, rung.noise), rung.pull, home);
    }

    /** Adds a cost of the squared distance from some weights. */
    static Differentiable pulled(ExpectedLoss loss, double pull, double[] home) {
        return (weights, gradient) -> {
            double value = loss.value(weights, gradient);
            for (int i = 0; i < weights.length; i++) {
                double away = weights[i] - home[i];
                value += pull * away * away;
                gradient[i] += 2 * pull * away;
            }
            return value;
        };
    }

    private static double mostFor(double objective) {
        return (1 + DEARER) * objective + BESIDE;
    }

    /** Returns the last good rung, or the best point overall if no rung is good. */
    private int dense(Evaluations history) {
        double most = mostFor(history.objective(history.best()));
        return IntStream.range(first, Math.min(history.size(), first + rungs))
                .filter(i -> history.objective(i) <= most)
                .max()
                .orElse(history.best());
    }

    OptionalInt answer(Evaluations history) {
        if (first < 0) return OptionalInt.empty();
        if (proofs == 0 || history.size() < first + rungs) return OptionalInt.of(dense(history));
        judge(history);
        boolean stands = history.objective(dense) <= mostFor(history.objective(history.best()));
        return OptionalInt.of(stands ? answer : history.best());
    }
}
