package io.lorahub.bench.search;

import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.model.LossGradient;
import io.lorahub.engine.optimize.BoundedLbfgs;
import io.lorahub.engine.optimize.margin.Margins;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Fits weights to many words of a task, knowing the adapters of its skills: an upper bound for a search. L-BFGS on all
 * weights starts at the best of some scales of those adapters.
 */
public final class TaskFitting {

    private static final double[][] SCALES = {{1, 1}, {0.6, 1}, {1, 0.6}, {0.7, 0.7}, {1.2, 0.6}, {0.6, 1.2}};

    /** No task whose loss is higher at all of these scales was ever solved. */
    private static final double HOPELESS = 1.2;

    private static final int ITERATIONS = 14;

    private final LearningSession session;

    public TaskFitting(LearningSession session) {
        this.session = session;
    }

    /** Returns the exact match on the held-out words in percent; 0 if the scales alone show that there is no hope. */
    double exactMatch(DemoTask task) {
        List<Example> heldOut = task.heldOut();
        List<String> inputs = heldOut.stream().map(Example::input).toList();
        return weights(task)
                .map(w -> Accuracy.of(session.generation().predict(inputs, w, TestedMix.MAX_NEW_TOKENS), heldOut)
                        .exactMatch())
                .orElse(0.0);
    }

    /** Returns the fitted weights; empty if an adapter is missing, or the scales alone show that there is no hope. */
    public Optional<double[]> weights(DemoTask task) {
        if (!session.candidates().containsAll(List.of(task.name().split("-")))) return Optional.empty();
        try (Scorer scorer = session.scorer(session.encode(task.wordsToFit()))) {
            List<double[]> starts = starts(task);
            double[] losses = scorer.losses(starts);
            int best = IntStream.range(0, losses.length)
                    .reduce((i, j) -> losses[j] < losses[i] ? j : i)
                    .orElseThrow();
            if (losses[best] > HOPELESS) return Optional.empty();
            return Optional.of(fitted(scorer, starts.get(best)));
        }
    }

    private List<double[]> starts(DemoTask task) {
        String[] skills = task.name().split("-");
        List<double[]> starts = new ArrayList<>();
        for (double[] scale : SCALES) {
            double[] weights = new double[session.candidates().size()];
            for (int s = 0; s < skills.length; s++) {
                weights[session.candidates().indexOf(skills[s])] = s < scale.length ? scale[s] : 1;
            }
            starts.add(weights);
        }
        return starts;
    }

    private static double[] fitted(Scorer scorer, double[] start) {
        double[] shares = Margins.tokenShares(scorer.exampleOfToken());
        double[] least = new double[start.length];
        double[] most = new double[start.length];
        Arrays.fill(least, LearningSettings.DEFAULT.lower());
        Arrays.fill(most, LearningSettings.DEFAULT.upper());
        return new BoundedLbfgs(least, most, ITERATIONS)
                .minimize(
                        (weights, gradient) -> {
                            LossGradient result = scorer.gradient(weights);
                            System.arraycopy(result.gradient(), 0, gradient, 0, gradient.length);
                            return IntStream.range(0, shares.length)
                                    .mapToDouble(t -> shares[t] * result.tokenLosses()[t])
                                    .sum();
                        },
                        start)
                .point();
    }
}
