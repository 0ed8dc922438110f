package io.lorahub.engine.lora.merge;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Checks module by module that a written adapter has the same effect as a mix: both are applied to the same random
 * vector. The expected sum of a mix is computed from the candidates' own factors, to detect faults in merging and
 * writing; that of finished modules from themselves, to detect faults in writing.
 */
public final class MergeCheck {

    /**
     * Tolerance relative to the norm of the outputs. The factors of a merged adapter are rounded to float32 once; that
     * error is a thousandth of the tolerance.
     */
    private static final double TOLERANCE = 1e-4;

    private static final int MODULES_IN_MEMORY = 16;

    private final List<Part> parts;
    private final boolean factor;

    /** @param release gives back the memory of the modules that were read */
    private record Part(Function<String, LoraModule> modules, double weight, Runnable release) {}

    /** @param factor whether to add factors instead of products */
    public MergeCheck(List<WeightedAdapter> parts, boolean factor) {
        this.parts = parts.stream()
                .map(p -> new Part(p.adapter().modules()::get, p.weight(), p.adapter()::release))
                .toList();
        this.factor = factor;
    }

    /** Expects these modules. */
    public MergeCheck(LoraModules finished) {
        parts = List.of(new Part(finished::get, 1, () -> {}));
        factor = false;
    }

    /** Throws EngineException with the first module that differs. */
    public void require(LoraAdapter written) {
        int count = 0;
        for (LoraModule module : written.modules().values()) {
            if (++count % MODULES_IN_MEMORY == 0)
                parts.forEach(part -> part.release().run());
            double[] x = vector(module);
            double[] difference = new double[module.out()];
            double size = factor ? addFactors(module.name(), x, difference) : addProducts(module.name(), x, difference);
            size += add(difference, -module.scale(), module, times(module.a(), x));
            if (!(norm(difference) <= TOLERANCE * size)) {
                throw new EngineException(
                        "The written adapter does not change %s as the mix does, so it was deleted. Check the disk, then write it again."
                                .formatted(module.name()));
            }
        }
    }

    private static double[] vector(LoraModule module) {
        SplittableRandom random = new SplittableRandom(module.name().hashCode());
        double[] x = new double[module.in()];
        for (int i = 0; i < x.length; i++) x[i] = random.nextBoolean() ? 1 : -1;
        return x;
    }

    /** Adds Σ wᵢ·sᵢ·(Bᵢ·Aᵢ·x + biasᵢ); returns the sum of the norms of its terms. */
    private double addProducts(String name, double[] x, double[] sum) {
        double size = 0;
        for (Part part : parts) {
            LoraModule module = part.modules().apply(name);
            if (module == null || part.weight() == 0) continue;
            size += add(sum, part.weight() * module.scale(), module, times(module.a(), x));
        }
        return size;
    }

    /** Adds s·((Σ wᵢ·Bᵢ)·(Σ wᵢ·Aᵢ)·x + Σ wᵢ·biasᵢ) with the scale of the first adapter. */
    private double addFactors(String name, double[] x, double[] sum) {
        LoraModule first = parts.get(0).modules().apply(name);
        double[] inner = new double[first.rank()];
        for (Part part : parts) {
            double[] own = times(part.modules().apply(name).a(), x);
            for (int i = 0; i < inner.length; i++) inner[i] += part.weight() * own[i];
        }
        double size = 0;
        for (Part part : parts) {
            size += add(sum, part.weight() * first.scale(), part.modules().apply(name), inner);
        }
        return size;
    }

    private static double add(double[] sum, double factor, LoraModule module, double[] inner) {
        double[] y = times(module.b(), inner);
        if (module.bias().isPresent()) {
            float[] bias = module.bias().get().toFloats();
            for (int i = 0; i < y.length; i++) y[i] += bias[i];
        }
        for (int i = 0; i < y.length; i++) sum[i] += factor * y[i];
        return Math.abs(factor) * norm(y);
    }

    /** Multiplies a matrix [rows, x.length] by x. */
    private static double[] times(TensorData matrix, double[] x) {
        float[] values = matrix.toFloats();
        double[] y = new double[Math.toIntExact(matrix.shape()[0])];
        for (int row = 0; row < y.length; row++) {
            int at = row * x.length;
            double dot = 0;
            for (int i = 0; i < x.length; i++) dot += values[at + i] * x[i];
            y[row] = dot;
        }
        return y;
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) sum += value * value;
        return Math.sqrt(sum);
    }
}
