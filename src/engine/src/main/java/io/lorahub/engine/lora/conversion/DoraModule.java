package io.lorahub.engine.lora.conversion;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.WholeProduct;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Arrays;

/**
 * The change that DoRA makes to a linear layer: ΔW = diag(m / ‖W + s·B·A‖)·(W + s·B·A) − W, with the norm of each row
 * (Liu et al. 2024, arXiv 2402.09353; PEFT 0.21.2).
 */
final class DoraModule {

    private DoraModule() {}

    /**
     * @param factors    B, A and s
     * @param magnitudes m, [out]
     * @param weight     the base model's W, [out, in], or [in, out] if transposed
     */
    static LoraModule of(LoraModule factors, TensorData magnitudes, TensorData weight, boolean transposed) {
        int out = factors.out();
        int in = factors.in();
        long[] expected = transposed ? new long[] {in, out} : new long[] {out, in};
        if (!Arrays.equals(weight.shape(), expected) || magnitudes.elements() != out) {
            throw new EngineException(
                    "%s has the shape %s in the base model, and %d magnitudes, but its factors are for %d × %d. Give the base model that the adapter was trained on."
                            .formatted(
                                    factors.name(), Arrays.toString(weight.shape()), magnitudes.elements(), out, in));
        }
        float[] w = weight.toFloats();
        float[] m = magnitudes.toFloats();
        float[] change = WholeProduct.of(factors);
        for (int o = 0; o < out; o++) {
            double square = 0;
            for (int i = 0; i < in; i++) {
                double sum = w[transposed ? i * out + o : o * in + i] + (double) change[o * in + i];
                square += sum * sum;
            }
            double factor = m[o] / Math.sqrt(square);
            if (!Double.isFinite(factor)) throw zeroRow(factors.name(), o);
            for (int i = 0; i < in; i++) {
                double before = w[transposed ? i * out + o : o * in + i];
                change[o * in + i] = (float) (factor * (before + change[o * in + i]) - before);
            }
        }
        return WholeProduct.module(factors.name(), change, out, in, factors.embedding());
    }

    private static EngineException zeroRow(String module, int row) {
        return new EngineException(
                "Row %d of %s has no direction to scale, because base weight and factors add up to 0. Check that this is the adapter's base model."
                        .formatted(row, module));
    }
}
