package io.lorahub.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Numbers from 0 of which number n comes up in proportion to 1 / (n + 1)^s (Zipf's law). */
final class Zipf {

    private final double[] upTo;

    Zipf(int count, double s) {
        upTo = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.pow(i + 1, -s);
            upTo[i] = sum;
        }
    }

    int next(SplittableRandom random) {
        int place = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
        return place >= 0 ? place : -place - 1;
    }
}
