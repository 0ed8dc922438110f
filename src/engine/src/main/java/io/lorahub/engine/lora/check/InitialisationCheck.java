package io.lorahub.engine.lora.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFields;
import io.lorahub.engine.lora.config.RefusedFeature;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Some initialisations subtract B·A from the base weights; the adapter then fits only the remainder. Known ones of this
 * kind are rejected by name. This check reports unknown ones.
 */
final class InitialisationCheck implements AdapterCheck {

    private static final Set<String> LEAVE_BASE = Set.of("gaussian", "eva", "orthogonal", "mica");

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        JsonNode value = adapter.config().json().path("init_lora_weights");
        if (value.isMissingNode() || value.isNull() || value.isBoolean()) return;
        if (value.isTextual() && LEAVE_BASE.contains(value.textValue())) return;
        boolean refusedByName = RefusedFeature.ALL.stream()
                .anyMatch(f -> f.key().equals("init_lora_weights") && f.used().test(value));
        if (refusedByName) return;
        findings.accept(CheckFinding.error(
                "initialisation-unknown",
                "init_lora_weights",
                "init_lora_weights is %s, and LoraHub doesn't know whether that changes the base weights."
                        .formatted(ConfigFields.shown(value)),
                "Set it to true if the adapter was trained on the unchanged base model."));
    }
}
