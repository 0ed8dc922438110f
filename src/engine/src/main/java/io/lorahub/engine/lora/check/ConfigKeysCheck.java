package io.lorahub.engine.lora.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFields;
import java.util.Set;
import java.util.function.Consumer;

/** Reports keys that PEFT reads but that have no effect here, and unknown keys. */
final class ConfigKeysCheck implements AdapterCheck {

    /** Keys of PEFT up to 0.21, and the harmless ones of its first versions. */
    private static final Set<String> KNOWN = Set.of(
            "alora_invocation_string",
            "alora_invocation_tokens",
            "alpha_pattern",
            "arrow_config",
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "corda_config",
            "enable_lora",
            "ensure_weight_tying",
            "eva_config",
            "exclude_modules",
            "fan_in_fan_out",
            "inference_mode",
            "init_lora_weights",
            "invocation_string",
            "kasa_config",
            "layer_replication",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_alpha",
            "lora_bias",
            "lora_dropout",
            "lora_ga_config",
            "megatron_config",
            "megatron_core",
            "merge_weights",
            "modules_to_save",
            "monteclora_config",
            "peft_type",
            "peft_version",
            "qalora_group_size",
            "r",
            "rank_pattern",
            "revision",
            "runtime_config",
            "target_modules",
            "target_parameters",
            "task_type",
            "trainable_token_indices",
            "use_bdlora",
            "use_dora",
            "use_qalora",
            "use_rslora",
            "velora_config");

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        JsonNode json = adapter.config().json();
        json.fieldNames().forEachRemaining(key -> {
            if (!KNOWN.contains(key) && isSet(json.get(key))) {
                String name = key.isEmpty() ? "\"\"" : key;
                findings.accept(CheckFinding.warning(
                        "config-key-unknown",
                        name,
                        "%s is %s, a setting that LoraHub doesn't know."
                                .formatted(name, ConfigFields.shown(json.get(key))),
                        "If it changes what the adapter computes, its results will differ."));
            }
        });
        if (json.path("fan_in_fan_out").asBoolean()) {
            findings.accept(CheckFinding.info(
                    "fan-in-fan-out",
                    "fan_in_fan_out",
                    "fan_in_fan_out tells how the base model stores"
                            + " its weights; what the adapter adds to a layer's output is the same either way."));
        }
    }

    private static boolean isSet(JsonNode value) {
        if (value.isBoolean()) return value.booleanValue();
        return value.isContainerNode() ? !value.isEmpty() : !value.isNull();
    }
}
