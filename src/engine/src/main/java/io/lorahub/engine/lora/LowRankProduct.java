package io.lorahub.engine.lora;

import io.lorahub.engine.lora.check.LoraModule;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.hipparchus.exception.MathIllegalStateException;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;

/** Computes the norm and singular values of B·A without forming it, from AAᵀ and BᵀB, whose size is the rank. */
public final class LowRankProduct {

    /**
     * Above this rank these matrices are no longer small, and the exact norm takes hours for a file of a few gigabytes.
     */
    public static final int HIGHEST_RANK = 512;

    private static final int PROBES = 16;

    private LowRankProduct() {}

    /**
     * The Frobenius norm of s·B·A: ‖BA‖² = trace((BᵀB)(AAᵀ)), which costs r²·(in + out) operations instead of r·in·out.
     * Only if r² exceeds in·out, as in no sensible adapter, is the product smaller. For a very high rank the norm is
     * estimated.
     */
    public static double norm(LoraModule module) {
        int rank = module.rank();
        if (rank > HIGHEST_RANK && (long) module.in() * module.out() > HIGHEST_RANK * HIGHEST_RANK) {
            return estimate(module);
        }
        if ((long) rank * rank > (long) module.in() * module.out()) return ofProduct(module);
        double[][] aa = gramOfA(module);
        double[][] bb = gram(module.b().toFloats(), rank);
        double trace = 0;
        for (int i = 0; i < rank; i++) for (int j = 0; j < rank; j++) trace += aa[i][j] * bb[i][j];
        // rounding may leave a tiny negative number if B or A is zero
        return Math.abs(module.scale()) * Math.sqrt(Math.max(0, trace));
    }

    /** Estimates ‖BA‖² as the mean of ‖B(A·x)‖² over vectors x of ±1; 16 of them are accurate to a few per cent. */
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

    /**
     * Returns the singular values of B·A, without the scale, in descending order. With BᵀB = QΛQᵀ, the square of each
     * is an eigenvalue of Λ^½·Qᵀ·(AAᵀ)·Q·Λ^½.
     */
    public static double[] singularValues(LoraModule module) {
        RealMatrix aa = MatrixUtils.createRealMatrix(gramOfA(module));
        RealMatrix bb = MatrixUtils.createRealMatrix(gram(module.b().toFloats(), module.rank()));
        Eigen eigen = Eigen.of(bb);
        RealMatrix root = MatrixUtils.createRealDiagonalMatrix(roots(eigen.values));
        RealMatrix half = eigen.vectors.multiply(root);
        RealMatrix core = half.transpose().multiply(aa).multiply(half);
        RealMatrix symmetric = core.add(core.transpose()).scalarMultiply(0.5);
        return roots(Eigen.of(symmetric).values);
    }

    /**
     * The eigenvalues of a symmetric matrix without negative ones, in descending order, and its eigenvectors in columns. The
     * library's iteration can fail to converge if many of them are 0, because it asks for a precision relative to each;
     * moved away from 0 by the trace, they are as precise as the matrix is.
     */
    private record Eigen(double[] values, RealMatrix vectors) {

        static Eigen of(RealMatrix matrix) {
            try {
                return of(matrix, 0);
            } catch (MathIllegalStateException e) {
                return of(matrix, matrix.getTrace());
            }
        }

        private static Eigen of(RealMatrix matrix, double shift) {
            RealMatrix shifted = matrix.copy();
            for (int i = 0; i < shifted.getRowDimension(); i++) shifted.addToEntry(i, i, shift);
            EigenDecompositionSymmetric found = new EigenDecompositionSymmetric(shifted);
            return new Eigen(
                    Arrays.stream(found.getEigenvalues())
                            .map(value -> value - shift)
                            .toArray(),
                    found.getV());
        }
    }

    /** Rounding may leave tiny negative numbers instead of zeros. */
    private static double[] roots(double[] squares) {
        return Arrays.stream(squares)
                .map(square -> Math.sqrt(Math.max(0, square)))
                .toArray();
    }

    /** Computes AAᵀ. */
    private static double[][] gramOfA(LoraModule module) {
        int rank = module.rank();
        int in = module.in();
        float[] a = module.a().toFloats();
        float[] transposed = new float[a.length];
        for (int k = 0; k < rank; k++) {
            for (int i = 0; i < in; i++) transposed[i * rank + k] = a[k * in + i];
        }
        return gram(transposed, rank);
    }

    /**
     * Computes MᵀM.
     *
     * @param m [length, rank]
     */
    private static double[][] gram(float[] m, int rank) {
        double[][] gram = new double[rank][rank];
        for (int row = 0; row < m.length; row += rank) {
            for (int i = 0; i < rank; i++) {
                double value = m[row + i];
                double[] sums = gram[i];
                for (int j = 0; j < rank; j++) sums[j] += value * m[row + j];
            }
        }
        return gram;
    }
}
