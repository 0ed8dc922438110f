package io.lorahub.adapter;

/**
 * One adapted module of a version.
 *
 * @param module its full name, such as {@code encoder.block.0.layer.0.SelfAttention.q}
 * @param norm Frobenius norm of its ΔW
 */
public record Layer(String module, int rank, double norm) {

    /** The last part of its name, such as {@code q}. */
    public String target() {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    /** Name of the block that contains it; empty for a module without a dot. */
    public String block() {
        return module.substring(0, Math.max(0, module.lastIndexOf('.')));
    }
}
