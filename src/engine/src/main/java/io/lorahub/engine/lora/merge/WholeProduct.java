package io.lorahub.engine.lora.merge;

import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Arrays;
import java.util.Optional;

/** All elements of a module's ΔW. */
public final class WholeProduct {

    private WholeProduct() {}

    /**
     * s·B·A, [out, in], row by row, with the rounding of PyTorch's float32 product on a CPU: each element is a chain of
     * fused multiply-adds in the order of the ranks, and is then multiplied by the scale (equal bit for bit to torch
     * 2.7.1 with MKL up to the rank 128). Another rounding changes single elements by 1e-7, but also which of two
     * almost equal elements a method with a density keeps, and that changes a module by up to 1e-3.
     */
    public static float[] of(LoraModule module) {
        int in = module.in();
        int rank = module.rank();
        float[] a = module.a().toFloats();
        float[] b = module.b().toFloats();
        float scale = (float) module.scale();
        float[] product = new float[Math.multiplyExact(module.out(), in)];
        float[] row = new float[in];
        for (int o = 0; o < module.out(); o++) {
            Arrays.fill(row, 0);
            for (int k = 0; k < rank; k++) {
                float factor = b[o * rank + k];
                for (int i = 0; i < in; i++) row[i] = Math.fma(factor, a[k * in + i], row[i]);
            }
            for (int i = 0; i < in; i++) product[o * in + i] = scale * row[i];
        }
        return product;
    }

    /** The module with this ΔW, [out, in]. The smaller one of its factors is the identity. */
    public static LoraModule module(String name, float[] product, int out, int in, boolean embedding) {
        TensorData whole = TensorData.of(product, out, in);
        TensorData identity = identity(Math.min(out, in));
        boolean wide = out <= in;
        return new LoraModule(name, wide ? whole : identity, wide ? identity : whole, 1, Optional.empty(), embedding);
    }

    private static TensorData identity(int size) {
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) values[i * size + i] = 1;
        return TensorData.of(values, size, size);
    }
}
