package io.lorahub.engine.fingerprint;

import java.util.Map;

/**
 * Reduces a fingerprint to a few numbers that an index can use to find similar ones: signs of random projections
 * (Charikar 2002), {@value #BITS} of them in each of {@value #BANDS} bands. The projected values are the products of
 * every two numbers of a module's sketch. They do not change when the sketch changes its sign, which a little noise can
 * cause. A search also covers the buckets {@link #around}, which differ in one sign (multi-probe, Lv et al. 2007). It
 * therefore finds more than 99 in 100 pairs of similarity 0.9 and practically all pairs of similarity 0.95; 6 in 100
 * unrelated adapters have to be compared.
 */
public final class Buckets {

    static final int BANDS = 16;
    static final int BITS = 12;

    /**
     * Lowest bucket number of the current scheme. Lower numbers belong to an earlier scheme, which found fewer
     * duplicates.
     */
    public static final int FIRST = BANDS << BITS;

    private static final int PAIRS = Sketch.PROBES * (Sketch.PROBES - 1) / 2;

    private Buckets() {}

    /** Returns one of 4,096 buckets in each band, or no buckets for an adapter that changes nothing. */
    public static int[] of(Fingerprint fingerprint) {
        if (fingerprint.modules().isEmpty()) return new int[0];
        double[] sums = new double[BANDS * BITS];
        for (Map.Entry<Long, ModulePrint> module : fingerprint.modules().entrySet()) {
            add(sums, module.getKey(), module.getValue().sketch());
        }
        int[] buckets = new int[BANDS];
        for (int i = 0; i < sums.length; i++) {
            int band = i / BITS;
            buckets[band] = buckets[band] << 1 | (sums[i] > 0 ? 1 : 0);
        }
        for (int band = 0; band < BANDS; band++) buckets[band] |= FIRST + (band << BITS);
        return buckets;
    }

    /** Returns these buckets and all buckets that differ from one of them in one sign. */
    public static int[] around(int[] buckets) {
        int[] around = new int[buckets.length * (BITS + 1)];
        for (int i = 0; i < around.length; i++) {
            int flipped = i % (BITS + 1);
            int bucket = buckets[i / (BITS + 1)];
            around[i] = flipped == BITS ? bucket : bucket ^ 1 << flipped;
        }
        return around;
    }

    /** Adds a module's contribution. All modules have the same influence, whatever their size. */
    private static void add(double[] sums, long key, byte[] sketch) {
        double[] products = products(sketch);
        for (int i = 0; i < sums.length; i++) {
            long row = key ^ Mixing.mix(i + 3);
            long signs = 0;
            for (int j = 0; j < PAIRS; j++) {
                if (j % Long.SIZE == 0) signs = Mixing.mix(row + j);
                sums[i] += (signs >>> j & 1) == 0 ? products[j] : -products[j];
            }
        }
    }

    /** Returns the product of every two different numbers, divided by the square of the norm. */
    private static double[] products(byte[] sketch) {
        double squares = 0;
        for (byte s : sketch) squares += s * s;
        double[] products = new double[PAIRS];
        int next = 0;
        for (int j = 0; j < sketch.length; j++) {
            for (int k = 0; k < j; k++) products[next++] = sketch[j] * sketch[k] / squares;
        }
        return products;
    }
}
