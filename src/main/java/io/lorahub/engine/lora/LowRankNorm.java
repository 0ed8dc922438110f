package io.lorahub.engine.lora;

import java.util.Arrays;

/**
 * The Frobenius norm of s·B·A without forming it: ‖BA‖² = trace((BᵀB)(AAᵀ)), which costs r²·(in + out) operations
 * instead of r·in·out. Only where r² is more than in·out, as in no sensible adapter, the product is the smaller one.
 */
final class LowRankNorm {

    private LowRankNorm() {}

    static double of(LoraModule module) {
        int rank = module.rank();
        if ((long) rank * rank > (long) module.in() * module.out()) return ofProduct(module);
        double[] aa = gram(module.a().toFloats(), rank, module.in(), 1); // [rank, rank]
        double[] bb = gram(module.b().toFloats(), rank, module.out(), rank);
        double trace = 0;
        for (int i = 0; i < aa.length; i++) trace += aa[i] * bb[i];
        // rounding may leave a tiny negative number where B or A is zero
        return Math.abs(module.scale()) * Math.sqrt(Math.max(0, trace));
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
