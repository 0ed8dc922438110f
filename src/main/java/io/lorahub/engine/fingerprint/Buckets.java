package io.lorahub.engine.fingerprint;

import java.util.Map;

/**
 * A fingerprint as a few numbers of which similar ones share at least one, so that an index finds them: signs of random
 * projections (Charikar 2002), {@value #BITS} of them in each of {@value #BANDS} bands. At a similarity of 0.95, 99 in
 * 100 pairs share a bucket; of strangers, 4 in 1,000.
 */
public final class Buckets {

    static final int BANDS = 16;
    static final int BITS = 12;

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
        for (int band = 0; band < BANDS; band++) buckets[band] |= band << BITS;
        return buckets;
    }

    /** Every module counts the same, whatever its size. */
    private static void add(double[] sums, long key, byte[] sketch) {
        double squares = 0;
        for (byte s : sketch) squares += s * s;
        double norm = Math.sqrt(squares);
        for (int i = 0; i < sums.length; i++) {
            int signs = (int) Mixing.mix(key ^ Mixing.mix(i + 3));
            double sum = 0;
            for (int j = 0; j < sketch.length; j++) sum += (signs >>> j & 1) == 0 ? sketch[j] : -sketch[j];
            sums[i] += sum / norm;
        }
    }
}
