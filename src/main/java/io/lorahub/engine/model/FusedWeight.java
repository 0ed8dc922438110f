package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.safetensors.TensorData;
import java.util.List;
import java.util.Map;

/**
 * One weight of the base model with a mix added, [out, in], in float32. It is stored in libtorch's memory and read by
 * rows.
 */
public final class FusedWeight implements AutoCloseable {

    private final PtNDManager manager;
    private final NDArray before;
    private final NDArray after;

    private FusedWeight(PtNDManager manager, NDArray before, NDArray after) {
        this.manager = manager;
        this.before = before;
        this.after = after;
    }

    static FusedWeight of(
            PtNDManager parent,
            TorchProgram program,
            AdapterBank bank,
            double[] weights,
            String module,
            TensorData weight) {
        PtNDManager manager = (PtNDManager) parent.newSubManager();
        String name = module + ".weight";
        try (MixArguments mix = new MixArguments(manager, Mix.of(bank, List.of(weights)));
                IValue factor = IValue.from(bank.composition() == ComposedWeights.FACTOR)) {
            PtNDArray before = (PtNDArray) WeightLoader.float32(manager, program, weight);
            try (IValue base = IValue.stringMapFrom(Map.of(name, before));
                    IValue factors = bank.dictionary(module);
                    IValue result = program.call("fuse", base, factors, mix.mix, mix.rows, mix.coefficients, factor)) {
                IValue changed = result.toIValueMap().get(name);
                try (changed) {
                    return new FusedWeight(manager, before, changed.toTensor(manager));
                }
            }
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
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
