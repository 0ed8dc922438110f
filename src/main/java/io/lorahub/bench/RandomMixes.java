package io.lorahub.bench;

import java.util.SplittableRandom;

/** Weight vectors to measure with. */
final class RandomMixes {

    private RandomMixes() {}

    /** No weight is 0, so that no candidate can be left out. */
    static double[] dense(int candidates, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.doubles(candidates, -0.5, 0.5).map(w -> w == 0 ? 0.1 : w).toArray();
    }

    static double[] zero(int candidates) {
        return new double[candidates];
    }
}
