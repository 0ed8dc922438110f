package io.lorahub.engine.lora.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFields;
import java.util.function.Consumer;

/** Checks the PEFT type. Only LoRA itself is a sum of s·B·A; AdaLoRA, IA3, LoHa, prompt tuning and others are not. */
final class PeftTypeCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        JsonNode type = adapter.config().json().path("peft_type");
        if (type.isTextual() && type.textValue().equals("LORA")) return;
        findings.accept(notLora(type));
    }

    static CheckFinding notLora(JsonNode type) {
        String value = type.isMissingNode() ? "missing" : ConfigFields.shown(type);
        return CheckFinding.error(
                "not-lora",
                "peft_type",
                "peft_type is %s; only LORA can be composed.".formatted(value),
                type.isMissingNode() ? "Set it to \"LORA\" if the tensors are LoRA factors." : "Train a LoRA adapter.");
    }
}
