package io.lorahub.engine.optimize.margin;

/**
 * The margin of a label token is the logit of its probability: loss = log(1 + exp(-margin)). As weights grow, losses
 * bend and saturate, whereas margins are much closer to linear, so they are better to model.
 */
public final class Margins {

    /** Margin limit for tiny losses: below the corresponding loss, single precision has no finer resolution. */
    private static final double MOST = 12;

    /** Margin limit for large losses: beyond the corresponding loss, all losses count as equally bad. */
    private static final double LEAST = -20;

    private Margins() {}

    public static double[] of(float[] tokenLosses) {
        double[] margins = new double[tokenLosses.length];
        for (int t = 0; t < margins.length; t++) margins[t] = of(tokenLosses[t]);
        return margins;
    }

    public static double of(double loss) {
        if (!(loss < -LEAST)) return LEAST;
        return Math.min(MOST, -StrictMath.log(StrictMath.expm1(Math.max(loss, 1e-9))));
    }

    public static double loss(double margin) {
        return margin > 0
                ? StrictMath.log1p(StrictMath.exp(-margin))
                : StrictMath.log1p(StrictMath.exp(margin)) - margin;
    }

    /** Derivative of the loss with respect to the margin. */
    public static double slope(double margin) {
        return margin > 0
                ? -StrictMath.exp(-margin) / (1 + StrictMath.exp(-margin))
                : -1 / (1 + StrictMath.exp(margin));
    }

    /** Returns the share of each token in the mean over examples of the example's mean token loss. */
    public static double[] tokenShares(int[] exampleOfToken) {
        int examples = 0;
        for (int example : exampleOfToken) examples = Math.max(examples, example + 1);
        int[] tokens = new int[examples];
        for (int example : exampleOfToken) tokens[example]++;
        double[] shares = new double[exampleOfToken.length];
        for (int t = 0; t < shares.length; t++) {
            shares[t] = 1.0 / (examples * (double) tokens[exampleOfToken[t]]);
        }
        return shares;
    }
}
