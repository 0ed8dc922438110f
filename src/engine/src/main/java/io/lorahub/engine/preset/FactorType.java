package io.lorahub.engine.preset;

import io.lorahub.engine.safetensors.DType;

/** The types that factors are written in. */
public enum FactorType {
    FLOAT32(DType.F32, 0),
    FLOAT16(DType.F16, 1),
    BFLOAT16(DType.BF16, 30);

    private final DType dtype;
    private final int ggml;

    FactorType(DType dtype, int ggml) {
        this.dtype = dtype;
        this.ggml = ggml;
    }

    public DType dtype() {
        return dtype;
    }

    /** The type's number in GGUF (ggml_type). */
    int ggml() {
        return ggml;
    }
}
