package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.check.TensorName.Part;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The names of the tensors that an adapter's file contains for one module. */
public record ModuleTensors(String module, Map<Part, String> names) {

    ModuleTensors(String module) {
        this(module, new EnumMap<>(Part.class));
    }

    boolean has(Part part) {
        return names.containsKey(part);
    }

    boolean isLinear() {
        return has(Part.A) && has(Part.B) && !has(Part.EMBEDDING_A) && !has(Part.EMBEDDING_B);
    }

    boolean isEmbedding() {
        return has(Part.EMBEDDING_A) && has(Part.EMBEDDING_B) && names.size() == 2;
    }

    /** Whether the tensors form one complete change of a module. */
    boolean isComplete() {
        return isLinear() || isEmbedding();
    }

    /** Name of A; requires a complete module. */
    String a() {
        return names.get(isEmbedding() ? Part.EMBEDDING_A : Part.A);
    }

    String b() {
        return names.get(isEmbedding() ? Part.EMBEDDING_B : Part.B);
    }

    Optional<String> bias() {
        return Optional.ofNullable(names.get(Part.BIAS));
    }

    /** The tensor that is zero before training: B, or A for an embedding. */
    String zeroAtStart() {
        return isEmbedding() ? a() : b();
    }
}
