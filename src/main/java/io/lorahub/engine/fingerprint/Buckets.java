package io.lorahub.engine.fingerprint;

import java.util.Map;

/**
 * A fingerprint as a few numbers by which an index finds similar ones: signs of random projections (Charikar 2002),
 * {@value #BITS} of them in each of {@value #BANDS} bands. What is projected are the products of each two numbers of a
 * module's sketch: they stay as they are when the sketch changes its sign, which a little noise may make it do. Who looks
 * for similar ones also looks into the buckets {@link #around}, where one sign differs (multi-probe, Lv et al. 2007). So
 * more than 99 in 100 pairs of a similarity of 0.9 find each other, and practically all of 0.95; of strangers, 6 in 100
 * have to be compared.
 */
public final class Buckets {

    static final int BANDS = 16;
    static final int BITS = 12;

    /** Buckets below it are of an earlier way to make them, which found less. */
    public static final int FIRST = BANDS << BITS;

    private static final int PAIRS = Sketch.PROBES * (Sketch.PROBES - 1) / 2;

    private Buckets() {}

    /** One of 4,096 in each band; none for an adapter that changes nothing. */
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

    /** These, and those that differ from one of them in one sign. */
    public static int[] around(int[] buckets) {
        int[] around = new int[buckets.length * (BITS + 1)];
        for (int i = 0; i < around.length; i++) {
            int flipped = i % (BITS + 1);
            int bucket = buckets[i / (BITS + 1)];
            around[i] = flipped == BITS ? bucket : bucket ^ 1 << flipped;
        }
        return around;
    }

    /** Every module counts the same, whatever its size. */
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

    /** Of each two different numbers, by the square of their norm. */
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
