package io.lorahub.engine.extract;

import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import io.lorahub.engine.safetensors.TensorSource.Rows;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Iterator;

/** Compares the tensors of two models piece by piece. */
final class TensorDifference {

    private static final long PIECE_ELEMENTS = 1 << 22;

    private final TensorSource base;
    private final TensorSource tuned;

    TensorDifference(TensorSource base, TensorSource tuned) {
        this.base = base;
        this.tuned = tuned;
    }

    /** Whether a tensor of both has another shape or other values; types are not compared. */
    boolean differs(String name) {
        TensorInfo before = base.info(name);
        TensorInfo after = tuned.info(name);
        if (!Arrays.equals(before.shape(), after.shape())) return true;
        Iterator<Rows> old = pieces(base, name);
        for (Iterator<Rows> now = pieces(tuned, name); now.hasNext(); ) {
            Rows x = old.next();
            Rows y = now.next();
            boolean same = before.dtype() == after.dtype() || !before.dtype().isFloat()
                    ? x.data().data().equals(y.data().data())
                    : Arrays.equals(x.data().toFloats(), y.data().toFloats());
            if (!same) return true;
        }
        return false;
    }

    /**
     * Writes tuned − base, row by row.
     *
     * @param transposed whether to write the columns of the matrix as rows
     */
    void write(String name, boolean transposed, FloatBuffer out) {
        int rows = (int) base.info(name).shape()[0];
        int columns = (int) base.info(name).shape()[1];
        Iterator<Rows> old = pieces(base, name);
        for (Iterator<Rows> now = pieces(tuned, name); now.hasNext(); ) {
            Rows x = old.next();
            float[] before = x.data().toFloats();
            float[] after = now.next().data().toFloats();
            int first = (int) x.first();
            for (int i = 0; i < after.length; i++) {
                int row = first + i / columns;
                int column = i % columns;
                out.put(transposed ? column * rows + row : row * columns + column, after[i] - before[i]);
            }
        }
    }

    /** Pieces of equally many rows, whatever the type. */
    private static Iterator<Rows> pieces(TensorSource source, String name) {
        TensorInfo info = source.info(name);
        long[] shape = info.shape();
        long row = shape.length == 0 || shape[0] == 0 ? 1 : Math.max(1, info.elements() / shape[0]);
        long rows = Math.max(1, PIECE_ELEMENTS / row);
        return source.rows(name, rows * row * info.dtype().bytes()).iterator();
    }
}
