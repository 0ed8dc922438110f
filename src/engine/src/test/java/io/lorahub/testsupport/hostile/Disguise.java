package io.lorahub.testsupport.hostile;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;

/** Other factors of the same changes: the bytes are different, but the model computes the same. */
public enum Disguise {
    /** A·2, B/2. */
    RESCALED {
        @Override
        LoraModule of(LoraModule m) {
            return factors(m, a(m).scalarMultiply(2), b(m).scalarMultiply(0.5));
        }
    },
    /** R·A, B·Rᵀ, where R turns each rank vector with its neighbour by 40 degrees. */
    ROTATED {
        @Override
        LoraModule of(LoraModule m) {
            RealMatrix r = MatrixUtils.createRealIdentityMatrix(m.rank());
            for (int i = 0; i + 1 < m.rank(); i += 2) {
                double angle = Math.toRadians(40);
                r.setSubMatrix(
                        new double[][] {{Math.cos(angle), -Math.sin(angle)}, {Math.sin(angle), Math.cos(angle)}}, i, i);
            }
            return factors(m, r.multiply(a(m)), b(m).multiply(r.transpose()));
        }
    },
    /** [A; A], [B, B]/2: twice the rank. */
    RERANKED {
        @Override
        LoraModule of(LoraModule m) {
            RealMatrix a = MatrixUtils.createRealMatrix(2 * m.rank(), m.in());
            RealMatrix b = MatrixUtils.createRealMatrix(m.out(), 2 * m.rank());
            for (int half = 0; half < 2; half++) {
                a.setSubMatrix(a(m).getData(), half * m.rank(), 0);
                b.setSubMatrix(b(m).scalarMultiply(0.5).getData(), 0, half * m.rank());
            }
            return factors(m, a, b);
        }
    };

    abstract LoraModule of(LoraModule module);

    /** Writes the copy into a new folder of this name. */
    public Path copy(Path adapter, Path parent, String name) {
        try (LoraAdapter original = LoraAdapter.load(adapter)) {
            SortedMap<String, LoraModule> modules = new TreeMap<>();
            original.modules().forEach((module, m) -> modules.put(module, of(m)));
            Path copy = parent.resolve(name);
            AdapterWriter.write(copy, original.config().baseModel().orElseThrow(), modules, Map.of());
            return copy;
        }
    }

    private static RealMatrix a(LoraModule m) {
        return matrix(m.a().toFloats(), m.rank(), m.in());
    }

    private static RealMatrix b(LoraModule m) {
        return matrix(m.b().toFloats(), m.out(), m.rank());
    }

    private static RealMatrix matrix(float[] values, int rows, int columns) {
        RealMatrix matrix = MatrixUtils.createRealMatrix(rows, columns);
        for (int i = 0; i < values.length; i++) matrix.setEntry(i / columns, i % columns, values[i]);
        return matrix;
    }

    private static LoraModule factors(LoraModule m, RealMatrix a, RealMatrix b) {
        return LoraModule.linear(m.name(), tensor(a), tensor(b), m.scale());
    }

    private static TensorData tensor(RealMatrix m) {
        float[] values = new float[m.getRowDimension() * m.getColumnDimension()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) m.getEntry(i / m.getColumnDimension(), i % m.getColumnDimension());
        }
        return TensorData.of(values, m.getRowDimension(), m.getColumnDimension());
    }
}
