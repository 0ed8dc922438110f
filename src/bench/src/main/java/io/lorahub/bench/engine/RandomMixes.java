package io.lorahub.bench.engine;

import java.util.SplittableRandom;

/** Weight vectors to measure with. */
public final class RandomMixes {

    private RandomMixes() {}

    /** No weight is 0, so that no candidate can be left out. */
    public static double[] dense(int candidates, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.doubles(candidates, -0.5, 0.5).map(w -> w == 0 ? 0.1 : w).toArray();
    }

    static double[] zero(int candidates) {
        return new double[candidates];
    }
}
