package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Random;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;

/** Factors of LoRA modules as matrices of doubles. */
final class FactorMatrices {

    private FactorMatrices() {}

    static RealMatrix gaussian(Random random, int rows, int columns) {
        RealMatrix m = MatrixUtils.createRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) m.setEntry(i, j, random.nextGaussian());
        }
        return m;
    }

    static RealMatrix stack(RealMatrix above, RealMatrix below) {
        RealMatrix both = MatrixUtils.createRealMatrix(
                above.getRowDimension() + below.getRowDimension(), above.getColumnDimension());
        both.setSubMatrix(above.getData(), 0, 0);
        both.setSubMatrix(below.getData(), above.getRowDimension(), 0);
        return both;
    }

    static RealMatrix a(LoraModule m) {
        return matrix(m.a());
    }

    static RealMatrix b(LoraModule m) {
        return matrix(m.b());
    }

    static RealMatrix times(RealMatrix m, double c) {
        return m.scalarMultiply(c);
    }

    static RealMatrix matrix(TensorData tensor) {
        float[] values = tensor.toFloats();
        int columns = (int) tensor.shape()[1];
        RealMatrix m = MatrixUtils.createRealMatrix((int) tensor.shape()[0], columns);
        for (int i = 0; i < values.length; i++) m.setEntry(i / columns, i % columns, values[i]);
        return m;
    }

    static LoraModule factors(LoraModule m, RealMatrix a, RealMatrix b) {
        return LoraModule.linear(m.name(), tensor(a), tensor(b), m.scale());
    }

    static TensorData tensor(RealMatrix m) {
        float[] values = new float[m.getRowDimension() * m.getColumnDimension()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) m.getEntry(i / m.getColumnDimension(), i % m.getColumnDimension());
        }
        return TensorData.of(values, m.getRowDimension(), m.getColumnDimension());
    }
}
