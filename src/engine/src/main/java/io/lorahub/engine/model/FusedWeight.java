package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.safetensors.TensorSource.Rows;
import java.util.List;
import java.util.Map;

/**
 * Rows of one weight of the base model with a mix added, in float32, as the files have them: [out, in], or [in, out] for
 * a transposed weight. They are stored in libtorch's memory.
 */
public final class FusedWeight implements AutoCloseable {

    private final PtNDManager manager;
    private final long rows;
    private final NDArray before;
    private final NDArray after;

    private FusedWeight(PtNDManager manager, long rows, NDArray before, NDArray after) {
        this.manager = manager;
        this.rows = rows;
        this.before = before;
        this.after = after;
    }

    /** @param transposed whether the weight is stored as [in, out] */
    static FusedWeight of(
            PtNDManager parent,
            TorchProgram program,
            AdapterBank bank,
            double[] weights,
            String module,
            Rows piece,
            boolean transposed) {
        PtNDManager manager = (PtNDManager) parent.newSubManager();
        String name = module + ".weight";
        long rows = piece.data().shape()[0];
        try (MixArguments mix = new MixArguments(manager, Mix.of(bank, List.of(weights)));
                IValue factor = IValue.from(bank.composition() == ComposedWeights.FACTOR)) {
            NDArray before = WeightLoader.float32(manager, program, piece.data());
            PtNDArray weight = (PtNDArray) (transposed ? before.transpose() : before);
            // the stored rows are outputs, or inputs if transposed
            Map<String, PtNDArray> factors = bank.factors().of(module);
            factors.computeIfPresent(module + (transposed ? ".a" : ".b"), (key, all) ->
                    (PtNDArray) all.get(new NDIndex(":, {}:{}", piece.first(), piece.first() + rows)));
            try (IValue base = IValue.stringMapFrom(Map.of(name, weight));
                    IValue changes = IValue.stringMapFrom(factors);
                    IValue result = program.call("fuse", base, changes, mix.mix, mix.rows, mix.coefficients, factor)) {
                IValue changed = result.toIValueMap().get(name);
                try (changed) {
                    NDArray after = changed.toTensor(manager);
                    return new FusedWeight(manager, rows, before, transposed ? after.transpose() : after);
                }
            }
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /** Number of rows. */
    public long rows() {
        return rows;
    }

    /** Returns rows from (inclusive) to (exclusive) without the mix. */
    public float[] before(long from, long to) {
        return rows(before, from, to);
    }

    /** Returns rows from (inclusive) to (exclusive) with the mix. */
    public float[] after(long from, long to) {
        return rows(after, from, to);
    }

    private static float[] rows(NDArray matrix, long from, long to) {
        try (NDArray rows = matrix.get(new NDIndex("{}:{}", from, to))) {
            return rows.toFloatArray();
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
