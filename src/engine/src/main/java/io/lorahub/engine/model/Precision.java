package io.lorahub.engine.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.lorahub.engine.names.EnumNames;

/** The type that a model computes in. Losses are always accumulated in float32. */
public enum Precision {
    FLOAT32(6),
    BFLOAT16(15);

    private final long code;

    Precision(long code) {
        this.code = code;
    }

    /** PyTorch's code for the scalar type. */
    long code() {
        return code;
    }

    /** Size of a number. */
    public int bytes() {
        return this == FLOAT32 ? Float.BYTES : Short.BYTES;
    }

    /** The name in JSON and on the command line. */
    @Override
    @JsonValue
    public String toString() {
        return EnumNames.of(this);
    }
}
