package io.lorahub.engine.safetensors;

/** The header entry of a tensor: its type and shape. */
public record TensorInfo(DType dtype, long[] shape) {

    /** @throws ArithmeticException if the number exceeds a long */
    public long elements() {
        long n = 1;
        for (long size : shape) n = Math.multiplyExact(n, size);
        return n;
    }

    /** @throws ArithmeticException if the number exceeds a long */
    public long bytes() {
        return Math.multiplyExact(elements(), (long) dtype.bytes());
    }
}
