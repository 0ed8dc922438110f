package io.lorahub.testsupport;

import io.lorahub.engine.lora.check.LoraModule;

/** ΔW computed directly, in double precision, for comparison. */
public final class Deltas {

    private Deltas() {}

    /** s·B·A, [out, in]; of an embedding (B·A)ᵀ is what is added, but its order matters to no test. */
    public static double[][] of(LoraModule m) {
        float[] a = m.a().toFloats();
        float[] b = m.b().toFloats();
        double[][] delta = new double[m.out()][m.in()];
        for (int o = 0; o < m.out(); o++) {
            for (int i = 0; i < m.in(); i++) {
                for (int r = 0; r < m.rank(); r++) {
                    delta[o][i] += m.scale() * b[o * m.rank() + r] * a[r * m.in() + i];
                }
            }
        }
        return delta;
    }

    public static double[][] sum(double[][] x, double weight, double[][] y) {
        double[][] sum = new double[x.length][x[0].length];
        for (int o = 0; o < x.length; o++) {
            for (int i = 0; i < x[0].length; i++) sum[o][i] = x[o][i] + weight * y[o][i];
        }
        return sum;
    }

    public static double[][] zero(int out, int in) {
        return new double[out][in];
    }

    public static double norm(double[][] x) {
        double sum = 0;
        for (double[] row : x) {
            for (double v : row) sum += v * v;
        }
        return Math.sqrt(sum);
    }

    /** ‖x − y‖ / ‖y‖. */
    public static double relativeDifference(double[][] x, double[][] y) {
        return norm(sum(x, -1, y)) / Math.max(norm(y), 1e-30);
    }
}
