package io.lorahub.engine.safetensors;

/** What the header of a file says of one tensor. */
public record TensorInfo(DType dtype, long[] shape) {

    /** @throws ArithmeticException if they are more than a long can count */
    public long elements() {
        long n = 1;
        for (long size : shape) n = Math.multiplyExact(n, size);
        return n;
    }

    /** @throws ArithmeticException if they are more than a long can count */
    public long bytes() {
        return Math.multiplyExact(elements(), (long) dtype.bytes());
    }
}
