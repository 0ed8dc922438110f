package io.lorahub.engine.lora.check;

import io.lorahub.engine.safetensors.TensorData;
import java.util.Optional;

/**
 * The change that an adapter makes to one module of the model. For a linear layer y = x Wᵀ + s·(x Aᵀ Bᵀ + bias), so ΔW
 * = s·B·A has the same layout as the weight, [out, in]. For an embedding with weight [vocabulary, dim], ΔW = s·(B·A)ᵀ.
 *
 * @param name      name of the module, such as {@code encoder.block.0.layer.0.SelfAttention.q}
 * @param a         [rank, in]; for an embedding [rank, vocabulary]
 * @param b         [out, rank]; for an embedding [dim, rank]
 * @param scale     s
 * @param bias      [out]: the bias that PEFT's lora_bias adds after B, before the scale
 * @param embedding whether the module looks rows up instead of multiplying
 */
public record LoraModule(
        String name, TensorData a, TensorData b, double scale, Optional<TensorData> bias, boolean embedding) {

    public static LoraModule linear(String name, TensorData a, TensorData b, double scale) {
        return new LoraModule(name, a, b, scale, Optional.empty(), false);
    }

    public int rank() {
        return Math.toIntExact(a.shape()[0]);
    }

    /** Inputs of a linear layer, or vocabulary of an embedding. */
    public int in() {
        return Math.toIntExact(a.shape()[1]);
    }

    /** Outputs of a linear layer, or width of an embedding. */
    public int out() {
        return Math.toIntExact(b.shape()[0]);
    }
}
