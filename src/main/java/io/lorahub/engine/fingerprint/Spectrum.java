package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.LoraModule;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;

/**
 * The singular values of B·A from two small matrices: with BᵀB = QΛQᵀ, the square of each is an eigenvalue of
 * Λ^½·Qᵀ·(AAᵀ)·Q·Λ^½, of the size of the rank.
 */
final class Spectrum {

    /** How many are kept: later ones say little. */
    static final int KEPT = 8;

    /** Above it the matrices are not small; such an adapter is compared by its sketch alone. */
    private static final int HIGHEST_RANK = 512;

    private Spectrum() {}

    /** The largest, descending, by the norm of all of them; 1 alone where the rank is too high. */
    static float[] of(LoraModule module) {
        if (module.rank() > HIGHEST_RANK) return new float[0];
        double[] values = singularValues(module);
        double norm = 0;
        for (double v : values) norm += v * v;
        float[] kept = new float[Math.min(KEPT, values.length)];
        for (int i = 0; i < kept.length; i++) kept[i] = (float) (values[i] / Math.sqrt(norm));
        return kept;
    }

    /** Of B·A, without the scale; descending. */
    static double[] singularValues(LoraModule module) {
        int rank = module.rank();
        RealMatrix aa = gram(transposed(module.a().toFloats(), rank, module.in()), rank);
        RealMatrix bb = gram(module.b().toFloats(), rank);
        EigenDecompositionSymmetric eigen = new EigenDecompositionSymmetric(bb);
        RealMatrix root = MatrixUtils.createRealDiagonalMatrix(roots(eigen.getEigenvalues()));
        RealMatrix half = eigen.getV().multiply(root);
        RealMatrix core = half.transpose().multiply(aa).multiply(half);
        return roots(new EigenDecompositionSymmetric(symmetric(core)).getEigenvalues());
    }

    /** Rounding may leave tiny negative numbers where there should be zero. */
    private static double[] roots(double[] squares) {
        double[] roots = new double[squares.length];
        for (int i = 0; i < roots.length; i++) roots[i] = Math.sqrt(Math.max(0, squares[i]));
        return roots;
    }

    private static RealMatrix symmetric(RealMatrix m) {
        return m.add(m.transpose()).scalarMultiply(0.5);
    }

    /** MᵀM. @param m [length, rank] */
    private static RealMatrix gram(float[] m, int rank) {
        double[][] gram = new double[rank][rank];
        for (int row = 0; row < m.length; row += rank) {
            for (int i = 0; i < rank; i++) {
                double value = m[row + i];
                double[] sums = gram[i];
                for (int j = 0; j < rank; j++) sums[j] += value * m[row + j];
            }
        }
        return MatrixUtils.createRealMatrix(gram);
    }

    private static float[] transposed(float[] m, int rows, int columns) {
        float[] t = new float[m.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) t[j * rows + i] = m[i * columns + j];
        }
        return t;
    }
}
