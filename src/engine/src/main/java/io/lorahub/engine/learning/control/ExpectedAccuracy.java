package io.lorahub.engine.learning.control;

import java.util.Arrays;

/**
 * How much of other inputs a mix is likely to get exactly right, told from the highest token loss of each example: from how sure the
 * mix is of the examples of its own search, or, if it was trained further, from how well it does on each when it is trained on the
 * others. Fitted on the tuning halves of two families of tasks (docs/study.md, What to expect of other inputs).
 *
 * @param share in percent
 * @param low   a tenth of the measured runs with such a share had less
 * @param high  a tenth of them had more
 */
public record ExpectedAccuracy(double share, double low, double high) {

    // of mixes as the search found them, from 336 runs
    private static final double CONSTANT = 0.195;
    private static final double OF_LOSSES = -0.825;
    private static final double OF_WRONG = -2.739;

    /** Expected shares and the tenth and ninetieth percentile of what runs with about that share reached. */
    private static final double[][] BANDS = {
        {3, 0, 4}, {6, 0, 26}, {49, 24, 85}, {74, 55, 92}, {83, 63, 95}, {88, 68, 100}
    };

    // of mixes that were trained further, from 196 runs
    private static final double TRAINED_CONSTANT = -0.471;
    private static final double TRAINED_OF_LOSS = -5.136;

    /** What is reached on other inputs if all examples would be right. */
    private static final double TRAINED_MOST = 85.1;

    private static final double[][] TRAINED_BANDS = {{1, 0, 1}, {3, 0, 10}, {51, 20, 84}, {79, 67, 96}, {85, 67, 99}};

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
        double logarithm =
                Arrays.stream(worst).map(ExpectedAccuracy::logarithm).average().orElseThrow();
        double wrong = Arrays.stream(worst).filter(loss -> loss > EVEN).count() / (double) examples;
        return of(100 * logistic(CONSTANT + OF_LOSSES * logarithm + OF_WRONG * wrong), BANDS);
    }

    /**
     * Of a mix that was trained on the examples: the mean of how likely each is to be right.
     *
     * @param highest token loss of each example after training on the others, in nats
     */
    public static ExpectedAccuracy ofLeftOut(double[] highest) {
        double right = Arrays.stream(highest)
                .map(loss -> logistic(TRAINED_CONSTANT + TRAINED_OF_LOSS * logarithm(loss)))
                .average()
                .orElseThrow();
        return of(TRAINED_MOST * right, TRAINED_BANDS);
    }

    private static double logarithm(double loss) {
        return Math.log10(Math.max(loss, LOWEST));
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static ExpectedAccuracy of(double share, double[][] bands) {
        return new ExpectedAccuracy(share, band(bands, share, 1), band(bands, share, 2));
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
