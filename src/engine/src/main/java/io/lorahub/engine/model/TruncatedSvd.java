package io.lorahub.engine.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.lora.check.LoraModule;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The best approximation of a matrix by one of a low rank, as the factors of a LoRA module. Small matrices are decomposed
 * completely. Large ones by subspace iteration from random probes (Halko, Martinsson and Tropp 2011, algorithm 4.4, with
 * four iterations), which finds a matrix of that rank exactly; what is left is measured, not estimated.
 */
public final class TruncatedSvd implements AutoCloseable {

    /** Up to this size of the smaller side, all singular values are computed. */
    private static final int SMALL = 512;

    /** Probes in addition to the rank. */
    private static final int OVERSAMPLING = 16;

    private final PtNDManager manager = Torch.manager(Compute.cpu());
    private final TorchProgram program = TorchProgram.load(List.of("/torchscript/truncated_svd.py"), Map.of());

    /**
     * @param module the factors, with scale 1
     * @param norm   Frobenius norm of the matrix
     * @param lost   norm of what the factors leave out
     */
    public record Result(LoraModule module, double norm, double lost) {}

    /**
     * @param matrix writes the values, row by row [out, in]
     * @param rank   at most the smaller side
     */
    public Result of(String name, int out, int in, Consumer<FloatBuffer> matrix, int rank) {
        int probes = Math.min(out, in) <= Math.max(SMALL, 4 * rank) ? 0 : rank + OVERSAMPLING;
        Torch.prepareThread(Torch.ALL_PROCESSORS);
        try (NativeMemory w = NativeMemory.ofFloats(Math.multiplyExact(out, in));
                NativeMemory random = NativeMemory.ofFloats(in * probes);
                PtNDManager inputs = (PtNDManager) manager.newSubManager();
                PtNDManager results = (PtNDManager) manager.newSubManager()) {
            matrix.accept(w.bytes().asFloatBuffer());
            fill(random.bytes().asFloatBuffer());
            try (IValue first = IValue.from(inputs.create(w.bytes(), new Shape(out, in), DataType.FLOAT32));
                    IValue second =
                            IValue.from(inputs.create(random.bytes(), new Shape(in, probes), DataType.FLOAT32));
                    IValue k = IValue.from((long) rank);
                    IValue result = program.call("truncate", first, second, k)) {
                NDList parts = result.toNDList(results);
                double[] s = parts.get(1).toDoubleArray();
                double[] norms = parts.get(3).toDoubleArray();
                LoraModule module = LowRank.factors(
                        name, parts.get(0).toDoubleArray(), s, parts.get(2).toDoubleArray(), out, in, rank);
                return new Result(module, norms[0], norms[1]);
            }
        }
    }

    /** The same normal numbers each time. */
    private static void fill(FloatBuffer random) {
        SplittableRandom numbers = new SplittableRandom(1);
        while (random.hasRemaining()) {
            random.put((float) (Math.sqrt(-2 * Math.log(1 - numbers.nextDouble()))
                    * Math.cos(2 * Math.PI * numbers.nextDouble())));
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
