package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.check.TensorName.Part;
import io.lorahub.engine.lora.config.CheckFinding;
import java.util.function.Consumer;

/** Checks that lora_bias and the bias tensors agree: PEFT drops biases that the configuration does not announce. */
final class LoraBiasCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        boolean announced = adapter.config().loraBias();
        for (ModuleTensors m : adapter.modules().values()) {
            String name = TensorName.of(m.module(), Part.BIAS);
            if (!announced && m.has(Part.BIAS)) {
                findings.accept(CheckFinding.error(
                        "bias-not-announced",
                        name,
                        "There is %s, but lora_bias is not set; PEFT ignores it.".formatted(name),
                        "Set lora_bias to true."));
            }
            if (announced && m.isLinear() && !m.has(Part.BIAS)) {
                findings.accept(CheckFinding.error(
                        "bias-missing",
                        name,
                        "lora_bias is set, but %s is missing.".formatted(name),
                        "The file is incomplete; save or upload it again."));
            }
        }
    }
}
