package io.lorahub.engine.optimize;

import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The last evaluations of the default search. A few examples are soon over-fitted, so points are tried that the model
 * holds for good even if new inputs shift the margins and that stay nearer to the best combination that was probed. The
 * last of them that costs next to nothing on the examples is kept. Where the budget is large, sparser forms of it are
 * evaluated then: weights that do nothing would only make the written adapter larger.
 */
final class MixPruner {

    /**
     * How far a point goes from the best fit to robustness.
     *
     * @param beside what each unit of a weight costs that the best probed combination does not have
     */
    private record Rung(double noise, double pull, double beside) {}

    private static final List<Rung> LADDER = List.of(
            new Rung(2, 0.01, 0.04),
            new Rung(2, 0.03, 0),
            new Rung(2, 0.1, 0),
            new Rung(3, 0.1, 0),
            new Rung(3, 0.3, 0));

    /** What robustness may cost, and then sparsity: this share of the lowest objective, and this much beside. */
    private static final double DEARER = 0.05;

    private static final double BESIDE = 0.0003;

    private static final int BUDGET_PER_RUNG = 15;

    /** Evaluations of sparser forms, where there are so many rungs: a small budget is better spent on the search. */
    private static final int PROOFS = 2;

    private static final int RUNGS_FOR_PROOFS = 3;

    private static final double[] COSTS = {0.007, 0.015, 0.03, 0.06, 0.1, 0.2, 0.3, 0.5};

    private final SearchSpace space;
    private final double[] shares;
    private final SparseMinimizer minimizer;
    private final int rungs;
    private final int proofs;
    private int first = -1;
    private double[] home;

    /** Index of the point that sparser forms are made of, -1 before the first; and how many of them were judged. */
    private int answer = -1;

    private double most;
    private int judged;
    private int fewest;

    /** Of the rungs, or the best before them; and where sparser forms end: points after that are the search's own. */
    private int dense;

    private int end = Integer.MAX_VALUE;

    MixPruner(SearchSpace space, double[] shares, SparseMinimizer minimizer) {
        this.space = space;
        this.shares = shares;
        this.minimizer = minimizer;
        int afterProbing = Math.max(0, space.budget() - 1 - space.dimension());
        rungs = Math.min(LADDER.size(), afterProbing / BUDGET_PER_RUNG);
        proofs = rungs < RUNGS_FOR_PROOFS ? 0 : PROOFS;
    }

    /** Evaluations to keep for it. */
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

    /** After the rungs: the sparsest form of the answer that the model holds for as good; once nothing, always nothing. */
    List<EvaluationRequest> sparser(MarginModel model, Evaluations history) {
        if (proofs == 0 || end < history.size()) return List.of();
        judge(history);
        double[] weights = history.weights(answer);
        Differentiable loss = goal(model);
        double enough = (1 + DEARER) * objective(loss, weights) + BESIDE;
        List<EvaluationRequest> forms = forms(loss, weights).stream()
                .filter(form ->
                        support(form) > fewest && support(form) < support(weights) && objective(loss, form) <= enough)
                .limit(1)
                .map(EvaluationRequest::of)
                .toList();
        if (forms.isEmpty()) end = history.size();
        return forms;
    }

    private static int support(double[] weights) {
        return (int) Arrays.stream(weights).filter(w -> w != 0).count();
    }

    /**
     * Sparser forms of a mix, the sparsest first. The sum of |w| is made dearer in steps, which brings weights that do
     * little to zero; what is left is fitted again without that cost (the relaxed lasso).
     */
    private List<double[]> forms(Differentiable loss, double[] weights) {
        LinkedList<double[]> forms = new LinkedList<>();
        double[] from = weights;
        for (double cost : COSTS) {
            double[] dearer = new double[weights.length];
            Arrays.fill(dearer, cost);
            from = minimizer.minimize(loss, from, dearer);
            if (support(from) == 0) break;
            forms.addFirst(fitted(loss, from));
        }
        return forms;
    }

    private double[] fitted(Differentiable loss, double[] from) {
        return minimizer.minimize(
                (weights, gradient) -> {
                    double value = loss.value(weights, gradient);
                    IntStream.range(0, from.length).filter(i -> from[i] == 0).forEach(i -> gradient[i] = 0);
                    return value;
                },
                from);
    }

    /** Takes each form that is proved good for the answer; of one that is not, no sparser ones are tried. */
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
                fewest = support(history.weights(i));
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
        ExpectedLoss loss = new ExpectedLoss(model, shares, rung.noise);
        return (weights, gradient) -> {
            double value = loss.value(weights, gradient);
            for (int i = 0; i < weights.length; i++) {
                double away = weights[i] - home[i];
                value += rung.pull * away * away;
                gradient[i] += 2 * rung.pull * away;
            }
            return value;
        };
    }

    private static double mostFor(double objective) {
        return (1 + DEARER) * objective + BESIDE;
    }

    /** Of the rungs, else the best of all. */
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
