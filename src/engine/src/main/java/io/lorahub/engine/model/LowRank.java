package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.ModuleShape;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The best adapter of a lower rank. It keeps the largest singular values of each ΔW = B·A (Eckart and Young 1936),
 * found by QR of B and Aᵀ and an SVD of the small core, so ΔW is never formed. Only the singular values of all modules
 * are kept; singular vectors are computed module by module.
 */
public final class LowRank implements AutoCloseable {

    private static final int SAMPLED_MODULES = 8;

    private final PtNDManager manager;
    private final TorchProgram program;
    private final LoraModules modules;
    private final SortedMap<String, double[]> singularValues = new TreeMap<>();

    /** Computes the singular values of an adapter's modules. */
    public LowRank(LoraModules modules) {
        this.modules = modules;
        manager = Torch.manager(Compute.cpu());
        program = TorchProgram.load(List.of("/torchscript/low_rank.py"), Map.of());
    }

    /** The adapter itself. */
    public LoraModules modules() {
        return modules;
    }

    /**
     * Returns the relative error of a rank: the norm of the dropped part divided by the whole norm, over all modules
     * together.
     */
    public double error(int rank) {
        return error(rank, modules.shapes().keySet());
    }

    private double error(int rank, Collection<String> names) {
        double total = 0;
        double dropped = 0;
        for (String name : names) {
            double[] s = singularValues(name);
            for (int i = 0; i < s.length; i++) {
                total += s[i] * s[i];
                if (i >= rank) dropped += s[i] * s[i];
            }
        }
        return total == 0 ? 0 : Math.sqrt(dropped / total);
    }

    /** Returns the smallest rank whose relative error is within the bound. */
    public int rankWithin(double bound) {
        return rankWithin(bound, modules.shapes().keySet());
    }

    private int rankWithin(double bound, Collection<String> names) {
        int full = fullRank();
        int rank = 1;
        while (rank < full && error(rank, names) > bound) rank++;
        return rank;
    }

    /**
     * The same, judged by a few modules: the singular values of all take as long as many evaluations if the model is large.
     */
    public int estimatedRankWithin(double bound) {
        List<String> names = List.copyOf(modules.shapes().keySet());
        int count = Math.min(SAMPLED_MODULES, names.size());
        List<String> some = IntStream.range(0, count)
                .mapToObj(i -> names.get(i * names.size() / count))
                .toList();
        return rankWithin(bound, some);
    }

    /** The rank from which the adapter is exact: that of its factors, but at most the smaller side of its matrices. */
    public int fullRank() {
        return modules.shapes().values().stream()
                .mapToInt(LowRank::mostRank)
                .max()
                .orElse(1);
    }

    /** Whether a module has a higher rank than its matrix can have, so that smaller factors have the same product. */
    public boolean canShrink() {
        return modules.shapes().values().stream().anyMatch(shape -> mostRank(shape) < shape.rank());
    }

    /** Returns the adapter at a rank, with scale 1. Modules of lower rank keep theirs. */
    public LoraModules at(int rank) {
        if (rank < 1) {
            throw new EngineException("The rank of an adapter must be at least 1, but is %d.".formatted(rank));
        }
        SortedMap<String, ModuleShape> shapes = new TreeMap<>();
        modules.shapes()
                .forEach((name, s) -> shapes.put(
                        name, new ModuleShape(Math.min(rank, mostRank(s)), s.in(), s.out(), s.bias(), s.embedding())));
        return new LoraModules(shapes, name -> cut(modules.get(name), rank));
    }

    private static int mostRank(ModuleShape shape) {
        return Math.min(shape.rank(), Math.min(shape.in(), shape.out()));
    }

    private double[] singularValues(String name) {
        return singularValues.computeIfAbsent(name, n -> {
            LoraModule module = modules.get(n);
            try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
                return scaled(run("singular_values", module, scope).get(0).toDoubleArray(), module.scale());
            }
        });
    }

    private NDList run(String method, LoraModule module, PtNDManager scope) {
        Torch.prepareThread(Torch.ALL_PROCESSORS);
        try (NativeMemory a = copy(module.a());
                NativeMemory b = copy(module.b());
                PtNDManager inputs = (PtNDManager) manager.newSubManager();
                IValue first = IValue.from(array(inputs, a, module.a()));
                IValue second = IValue.from(array(inputs, b, module.b()));
                IValue result = program.call(method, first, second)) {
            return result.toNDList(scope);
        }
    }

    private static NativeMemory copy(TensorData tensor) {
        NativeMemory memory = NativeMemory.ofFloats(Math.toIntExact(tensor.elements()));
        tensor.copyTo(memory.bytes().asFloatBuffer());
        return memory;
    }

    private static PtNDArray array(PtNDManager scope, NativeMemory memory, TensorData tensor) {
        return scope.create(memory.bytes(), new Shape(tensor.shape()), DataType.FLOAT32);
    }

    private static double[] scaled(double[] s, double scale) {
        for (int i = 0; i < s.length; i++) s[i] *= Math.abs(scale);
        return s;
    }

    private LoraModule cut(LoraModule module, int rank) {
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            NDList parts = run("decompose", module, scope);
            double[] s = scaled(parts.get(1).toDoubleArray(), module.scale());
            singularValues.put(module.name(), s);
            int k = Math.min(rank, s.length);
            try (NDArray u = parts.get(0).get(new NDIndex(":, :{}", k));
                    NDArray v = parts.get(2).get(new NDIndex(":{}", k))) {
                return cut(module, u.toDoubleArray(), s, v.toDoubleArray(), k);
            }
        }
    }

    private static LoraModule cut(LoraModule module, double[] u, double[] s, double[] v, int k) {
        if (module.scale() < 0) {
            for (int i = 0; i < u.length; i++) u[i] = -u[i];
        }
        LoraModule factors = factors(module.name(), u, s, v, module.out(), module.in(), k);
        return new LoraModule(
                module.name(),
                factors.a(),
                factors.b(),
                1,
                // the lora_bias term is scaled like ΔW
                module.bias().map(bias -> scaled(bias, module.scale())),
                module.embedding());
    }

    /**
     * Both factors get the roots of the singular values.
     *
     * @param u [out, k or more]
     * @param v [k or more, in]
     * @param k number of rows to keep
     */
    static LoraModule factors(String name, double[] u, double[] s, double[] v, int out, int in, int k) {
        float[] a = new float[k * in];
        float[] b = new float[out * k];
        int columns = u.length / out;
        for (int i = 0; i < k; i++) {
            double root = Math.sqrt(s[i]);
            for (int j = 0; j < in; j++) a[i * in + j] = (float) (root * v[i * in + j]);
            for (int j = 0; j < out; j++) b[j * k + i] = (float) (root * u[j * columns + i]);
        }
        return LoraModule.linear(name, TensorData.of(a, k, in), TensorData.of(b, out, k), 1);
    }

    private static TensorData scaled(TensorData bias, double scale) {
        float[] values = bias.toFloats();
        for (int i = 0; i < values.length; i++) values[i] *= (float) scale;
        return TensorData.of(values, bias.shape());
    }

    @Override
    public void close() {
        manager.close();
    }
}
