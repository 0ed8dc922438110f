package io.lorahub.engine.model;

/** The type that a model computes in. Losses are accumulated in float32 whatever it is. */
public enum Precision {
    FLOAT32(6),
    BFLOAT16(15);

    private final long code;

    Precision(long code) {
        this.code = code;
    }

    /** PyTorch's scalar type. */
    long code() {
        return code;
    }
}
