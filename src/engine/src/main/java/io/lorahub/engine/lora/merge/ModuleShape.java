package io.lorahub.engine.lora.merge;

import io.lorahub.engine.lora.check.LoraModule;

/**
 * A {@link LoraModule} without its tensors.
 *
 * @param in  inputs of a linear layer, or vocabulary of an embedding
 * @param out outputs of a linear layer, or width of an embedding
 */
public record ModuleShape(int rank, int in, int out, boolean bias, boolean embedding) {

    public static ModuleShape of(LoraModule module) {
        return new ModuleShape(
                module.rank(), module.in(), module.out(), module.bias().isPresent(), module.embedding());
    }
}
