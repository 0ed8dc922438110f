package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.check.LoraModule;
import java.util.Optional;

/**
 * Represents ΔW by a few numbers uᵀ·ΔW·v, with vectors u and v of ±1 drawn once for each module. The expected dot
 * product of two sketches is the dot product of the two ΔW times the number of probes. ΔW itself is never formed.
 */
final class Sketch {

    /** Number of probes: the bits of an int, which holds one sign per probe. */
    static final int PROBES = Integer.SIZE;

    private Sketch() {}

    /**
     * Returns the sketch scaled to ±127, with its sign normalised so that c·ΔW gives the same result for every c; empty
     * if ΔW is zero.
     */
    static Optional<byte[]> of(LoraModule module, long key) {
        return scaled(values(module, key));
    }

    /** Returns the unscaled numbers of B·A, without the adapter's scale. */
    static double[] values(LoraModule module, long key) {
        int rank = module.rank();
        double[] ub = probedColumns(module.b().toFloats(), module.out(), rank, Mixing.mix(key ^ 1)); // [rank, probe]
        double[] av = probedRows(module.a().toFloats(), rank, module.in(), Mixing.mix(key ^ 2)); // [rank, probe]
        double[] values = new double[PROBES];
        for (int i = 0; i < ub.length; i++) values[i % PROBES] += ub[i] * av[i];
        return values;
    }

    private static Optional<byte[]> scaled(double[] values) {
        double largest = 0;
        for (double v : values) largest = Math.max(largest, Math.abs(v));
        if (!(largest > 0) || Double.isInfinite(largest)) return Optional.empty();
        double turn = 0; // an odd function of the values: its sign changes with theirs
        for (double v : values) turn += Math.pow(v / largest, 3);
        byte[] sketch = new byte[PROBES];
        for (int j = 0; j < PROBES; j++) {
            sketch[j] = (byte) Math.round(Math.copySign(127, turn) * values[j] / largest);
        }
        return Optional.of(sketch);
    }

    /** @param b [length, rank] */
    private static double[] probedColumns(float[] b, int length, int rank, long seed) {
        double[] sums = new double[rank * PROBES];
        for (int o = 0; o < length; o++) {
            int signs = (int) Mixing.mix(seed + o);
            for (int k = 0; k < rank; k++) add(sums, k * PROBES, b[o * rank + k], signs);
        }
        return sums;
    }

    /** @param a [rank, length] */
    private static double[] probedRows(float[] a, int rank, int length, long seed) {
        double[] sums = new double[rank * PROBES];
        for (int i = 0; i < length; i++) {
            int signs = (int) Mixing.mix(seed + i);
            for (int k = 0; k < rank; k++) add(sums, k * PROBES, a[k * length + i], signs);
        }
        return sums;
    }

    private static void add(double[] sums, int begin, double value, int signs) {
        for (int j = 0; j < PROBES; j++) sums[begin + j] += (signs >>> j & 1) == 0 ? value : -value;
    }
}
