package io.lorahub.engine.lora;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The Frobenius norm of s·B·A without forming it: ‖BA‖² = trace((BᵀB)(AAᵀ)), which costs r²·(in + out) operations
 * instead of r·in·out. Only where r² is more than in·out, as in no sensible adapter, the product is the smaller one. Of a very high rank it is
 * estimated.
 */
final class LowRankNorm {

    /** Above it the exact norm takes hours of a file of some gigabytes. */
    private static final int HIGHEST_RANK = 512;

    private static final int PROBES = 16;

    private LowRankNorm() {}

    static double of(LoraModule module) {
        int rank = module.rank();
        if (rank > HIGHEST_RANK && (long) module.in() * module.out() > HIGHEST_RANK * HIGHEST_RANK) {
            return estimate(module);
        }
        if ((long) rank * rank > (long) module.in() * module.out()) return ofProduct(module);
        double[] aa = gram(module.a().toFloats(), rank, module.in(), 1); // [rank, rank]
        double[] bb = gram(module.b().toFloats(), rank, module.out(), rank);
        double trace = 0;
        for (int i = 0; i < aa.length; i++) trace += aa[i] * bb[i];
        // rounding may leave a tiny negative number where B or A is zero
        return Math.abs(module.scale()) * Math.sqrt(Math.max(0, trace));
    }

    /** ‖BA‖² is what ‖B(A·x)‖² has in the mean over vectors x of ±1; 16 of them tell it to some per cent. */
    private static double estimate(LoraModule module) {
        int rank = module.rank();
        int in = module.in();
        float[] a = module.a().toFloats();
        float[] b = module.b().toFloats();
        SplittableRandom random = new SplittableRandom(rank);
        double sum = 0;
        double[] x = new double[in];
        double[] inner = new double[rank];
        for (int probe = 0; probe < PROBES; probe++) {
            for (int i = 0; i < in; i++) x[i] = random.nextBoolean() ? 1 : -1;
            for (int k = 0; k < rank; k++) {
                inner[k] = 0;
                for (int i = 0; i < in; i++) inner[k] += x[i] * a[k * in + i];
            }
            for (int o = 0; o < module.out(); o++) {
                double value = 0;
                for (int k = 0; k < rank; k++) value += inner[k] * b[o * rank + k];
                sum += value * value;
            }
        }
        return Math.abs(module.scale()) * Math.sqrt(sum / PROBES);
    }

    private static double ofProduct(LoraModule module) {
        int rank = module.rank();
        int in = module.in();
        float[] a = module.a().toFloats();
        float[] b = module.b().toFloats();
        double sum = 0;
        double[] row = new double[in];
        for (int o = 0; o < module.out(); o++) {
            Arrays.fill(row, 0);
            for (int k = 0; k < rank; k++) {
                for (int i = 0; i < in; i++) row[i] += (double) b[o * rank + k] * a[k * in + i];
            }
            for (double value : row) sum += value * value;
        }
        return Math.abs(module.scale()) * Math.sqrt(sum);
    }

    /** Inner products of the rank vectors: the rows of A (stride 1), or the columns of B (stride rank). */
    private static double[] gram(float[] values, int rank, int length, int stride) {
        int step = stride == 1 ? length : 1;
        double[] gram = new double[Math.multiplyExact(rank, rank)];
        for (int i = 0; i < rank; i++) {
            for (int j = 0; j <= i; j++) {
                double dot = 0;
                for (int k = 0; k < length; k++) {
                    dot += (double) values[i * step + k * stride] * values[j * step + k * stride];
                }
                gram[i * rank + j] = dot;
                gram[j * rank + i] = dot;
            }
        }
        return gram;
    }
}
