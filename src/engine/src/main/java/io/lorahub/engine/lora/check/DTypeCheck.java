package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.DType;
import java.util.function.Consumer;

/** Checks that LoRA factors are real numbers. */
final class DTypeCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        adapter.modules()
                .values()
                .forEach(m -> m.names().values().forEach(name -> {
                    DType dtype = adapter.tensors().info(name).dtype();
                    if (!dtype.isFloat()) {
                        findings.accept(CheckFinding.error(
                                "dtype-not-real",
                                name,
                                "%s is of type %s.".formatted(name, dtype),
                                "Convert it to F32, F16 or BF16."));
                    }
                }));
    }
}
