package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The best adapter of a lower rank: of each ΔW = B·A the largest singular values are kept (Eckart and Young 1936), found
 * by QR of B and Aᵀ and an SVD of the small core, so ΔW is never formed.
 */
public final class LowRank implements AutoCloseable {

    private final PtNDManager manager;
    private final SortedMap<String, LoraModule> modules;
    private final Map<String, double[][]> parts = new TreeMap<>();
    private double total;
    private int largest;

    /** Decomposes the modules of an adapter. */
    public LowRank(SortedMap<String, LoraModule> modules) {
        this.modules = modules;
        manager = Torch.manager(Compute.cpu());
        Torch.prepareThread();
        TorchProgram program = TorchProgram.load("/torchscript/low_rank.py", Map.of());
        modules.forEach((name, module) -> decompose(program, name, module));
    }

    private void decompose(TorchProgram program, String name, LoraModule module) {
        try (PtNDManager scope = (PtNDManager) manager.newSubManager();
                IValue a = IValue.from(array(scope, module.a()));
                IValue b = IValue.from(array(scope, module.b()));
                IValue result = program.call("decompose", a, b)) {
            NDList list = result.toNDList(scope);
            double scale = module.scale();
            double[] s = list.get(1).toDoubleArray();
            for (int i = 0; i < s.length; i++) {
                s[i] *= Math.abs(scale);
                total += s[i] * s[i];
            }
            double[] u = list.get(0).toDoubleArray();
            for (int i = 0; scale < 0 && i < u.length; i++) {
                u[i] = -u[i];
            }
            parts.put(name, new double[][] {u, s, list.get(2).toDoubleArray()});
            largest = Math.max(largest, s.length);
        }
    }

    private static PtNDArray array(PtNDManager scope, TensorData tensor) {
        NDArray array = scope.create(tensor.toFloats(), new Shape(tensor.shape()));
        return (PtNDArray) array;
    }

    /** The relative error of a rank: the norm of what is dropped by that of all, over all modules together. */
    public double error(int rank) {
        double dropped = 0;
        for (double[][] part : parts.values()) {
            for (int i = rank; i < part[1].length; i++) {
                dropped += part[1][i] * part[1][i];
            }
        }
        return total == 0 ? 0 : Math.sqrt(dropped / total);
    }

    /** The smallest rank whose relative error is within the bound. */
    public int rankWithin(double bound) {
        int rank = 1;
        while (rank < largest && error(rank) > bound) {
            rank++;
        }
        return rank;
    }

    /** The adapter at a rank, or at what a module has where that is less, with the scale 1. */
    public SortedMap<String, LoraModule> at(int rank) {
        if (rank < 1) {
            throw new EngineException("The rank of an adapter must be at least 1, but is %d.".formatted(rank));
        }
        SortedMap<String, LoraModule> compressed = new TreeMap<>();
        modules.forEach((name, module) -> compressed.put(name, cut(module, parts.get(name), rank)));
        return compressed;
    }

    private static LoraModule cut(LoraModule module, double[][] part, int rank) {
        double[] s = part[1];
        int k = Math.min(rank, s.length);
        float[] a = new float[k * module.in()];
        float[] b = new float[module.out() * k];
        for (int i = 0; i < k; i++) {
            double root = Math.sqrt(s[i]);
            for (int j = 0; j < module.in(); j++) {
                a[i * module.in() + j] = (float) (root * part[2][i * module.in() + j]);
            }
            for (int j = 0; j < module.out(); j++) {
                b[j * k + i] = (float) (root * part[0][j * s.length + i]);
            }
        }
        return new LoraModule(
                module.name(),
                TensorData.of(a, k, module.in()),
                TensorData.of(b, module.out(), k),
                1,
                // what lora_bias adds is scaled as ΔW is
                module.bias().map(bias -> scaled(bias, module.scale())),
                module.embedding());
    }

    private static TensorData scaled(TensorData bias, double scale) {
        float[] values = bias.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) scale;
        }
        return TensorData.of(values, bias.shape());
    }

    @Override
    public void close() {
        manager.close();
    }
}
