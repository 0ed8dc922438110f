package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often a mix prefers the right one of a few answers, as in classification. An answer's score is its log-probability
 * in nats, with the end token.
 *
 * @param restricted by the score
 * @param calibrated by the score less the logarithm of the answer's mean probability over all inputs, so that an answer
 *     which the model prefers everywhere gets no advantage (batch calibration, Zhou et al. 2023, arXiv 2309.17249)
 */
public record OptionAccuracy(Accuracy restricted, Accuracy calibrated) {

    /** More different outputs are no classification, and cost an evaluation each. */
    public static final int MOST = 50;

    /**
     * The different outputs of the examples, in their order. Throws EngineException if these are not 2 to
     * {@value #MOST}.
     */
    public static List<String> options(List<Example> examples) {
        List<String> options = examples.stream().map(Example::output).distinct().toList();
        if (options.size() < 2 || options.size() > MOST) {
            throw new EngineException(
                    "The examples have %,d different outputs; answer options need 2 to %d, as in a classification."
                            .formatted(options.size(), MOST));
        }
        return options;
    }

    /** Throws CancellationException once the session is cancelled. */
    public static OptionAccuracy of(
            LearningSession session, double[] weights, List<Example> examples, List<String> options) {
        List<Example> pairs = examples.stream()
                .flatMap(example -> options.stream().map(option -> new Example(example.input(), option)))
                .toList();
        try (Scorer scorer = session.scorer(session.encode(pairs))) {
            List<LearningOutcome> outcomes = scorer.outcomes(weights, false);
            double[][] scores = new double[examples.size()][options.size()];
            for (int i = 0; i < outcomes.size(); i++) {
                LearningOutcome outcome = outcomes.get(i);
                scores[i / options.size()][i % options.size()] = -outcome.loss() * outcome.tokenLosses().length;
            }
            return of(scores, examples, options);
        }
    }

    /** @param scores log-probabilities [examples, options] */
    static OptionAccuracy of(double[][] scores, List<Example> examples, List<String> options) {
        double[] prior = new double[options.size()];
        for (double[] score : scores) {
            double[] share = shares(score);
            for (int o = 0; o < prior.length; o++) prior[o] += share[o] / scores.length;
        }
        List<String> plain = new ArrayList<>();
        List<String> calibrated = new ArrayList<>();
        for (double[] score : scores) {
            double[] share = shares(score);
            plain.add(options.get(largest(share)));
            calibrated.add(options.get(largest(IntStream.range(0, prior.length)
                    .mapToDouble(o -> prior[o] == 0 ? 0 : share[o] / prior[o])
                    .toArray())));
        }
        return new OptionAccuracy(Accuracy.of(plain, examples), Accuracy.of(calibrated, examples));
    }

    /** Probabilities among the options; a score that is not a number counts as impossible. */
    private static double[] shares(double[] scores) {
        double[] finite = IntStream.range(0, scores.length)
                .mapToDouble(o -> Double.isNaN(scores[o]) ? Double.NEGATIVE_INFINITY : scores[o])
                .toArray();
        double highest = finite[largest(finite)];
        if (highest == Double.NEGATIVE_INFINITY) return new double[scores.length];
        double[] shares = new double[scores.length];
        double sum = 0;
        for (int o = 0; o < shares.length; o++) {
            shares[o] = Math.exp(finite[o] - highest);
            sum += shares[o];
        }
        for (int o = 0; o < shares.length; o++) shares[o] /= sum;
        return shares;
    }

    /** The first one on a tie. */
    private static int largest(double[] values) {
        int best = 0;
        for (int o = 1; o < values.length; o++) {
            if (values[o] > values[best]) best = o;
        }
        return best;
    }
}
