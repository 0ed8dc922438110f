package io.lorahub.engine.learning.control;

import java.util.Arrays;

/**
 * How much of other inputs a mix is likely to get exactly right, told from how sure it is of the examples: those of its own search,
 * or, if it was trained further, each as the training on the others leaves it. A logistic regression on the highest token loss of
 * each, fitted on the tuning halves of two families of tasks (docs/study.md, What to expect of other inputs).
 *
 * @param share in percent
 * @param low   a tenth of the measured runs with such a share had less
 * @param high  a tenth of them had more
 */
public record ExpectedAccuracy(double share, double low, double high) {

    /**
     * A regression.
     *
     * @param bands expected shares and the tenth and ninetieth percentile of what runs with about that share reached
     */
    private record Fit(double constant, double ofLosses, double ofWrong, double[][] bands) {}

    /** Of mixes as the search found them: 336 runs. */
    private static final Fit FOUND = new Fit(0.195, -0.825, -2.739, new double[][] {
        {3, 0, 4}, {6, 0, 26}, {49, 24, 85}, {74, 55, 92}, {83, 63, 95}, {88, 68, 100}
    });

    /** Of mixes that were trained further. */
    private static final Fit TRAINED = FOUND;

    /** The loss of a token that is as likely as all others together, in nats. */
    private static final double EVEN = Math.log(2);

    /** Losses below it are alike. */
    private static final double LOWEST = 1e-4;

    /**
     * Of a mix as a search found it.
     *
     * @param losses   of the answers' tokens, in nats
     * @param of       the example of each token
     * @param examples number of examples
     */
    public static ExpectedAccuracy of(float[] losses, int[] of, int examples) {
        double[] worst = new double[examples];
        for (int i = 0; i < losses.length; i++) worst[of[i]] = Math.max(worst[of[i]], losses[i]);
        return of(worst, FOUND);
    }

    /**
     * Of a mix that was trained on the examples.
     *
     * @param highest token loss of each example after training on the others, in nats
     */
    public static ExpectedAccuracy ofLeftOut(double[] highest) {
        return of(highest, TRAINED);
    }

    private static ExpectedAccuracy of(double[] worst, Fit fit) {
        double logarithm = Arrays.stream(worst)
                .map(loss -> Math.log10(Math.max(loss, LOWEST)))
                .average()
                .orElseThrow();
        double wrong = Arrays.stream(worst).filter(loss -> loss > EVEN).count() / (double) worst.length;
        double share = 100 / (1 + Math.exp(-(fit.constant() + fit.ofLosses() * logarithm + fit.ofWrong() * wrong)));
        return new ExpectedAccuracy(share, band(fit.bands(), share, 1), band(fit.bands(), share, 2));
    }

    /** Between the bands linearly. */
    private static double band(double[][] bands, double share, int column) {
        double[] before = bands[0];
        for (double[] band : bands) {
            if (share < band[0]) {
                if (band == before) return band[column];
                double part = (share - before[0]) / (band[0] - before[0]);
                return before[column] + part * (band[column] - before[column]);
            }
            before = band;
        }
        return before[column];
    }

    /** As a sentence for people who have no held-out examples. */
    public String sentence() {
        return "From how sure it is of the examples, expect about %.0f %% of other inputs exactly right (eight of ten such runs: %.0f to %.0f %%)."
                .formatted(share, low, high);
    }
}
