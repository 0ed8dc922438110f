package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A feature of a PEFT configuration that does more than s·B·A, so that ignoring it would silently give wrong results.
 *
 * @param used whether the value of the key requests the feature
 */
public record RefusedFeature(String key, Predicate<JsonNode> used, String code, String reason, String fix) {

    private static final String TRAIN_PLAIN = "Train a plain LoRA adapter instead.";
    private static final String CONVERT =
            "Turn it into a plain LoRA adapter by its saved initial factors: lorahub convert --initial DIR, or PEFT's"
                    + " path_initial_model_for_weight_conversion.";

    public static final List<RefusedFeature> ALL = List.of(
            set("enable_lora", "merged-linear", "it adapts parts of a fused layer (PEFT before 0.3)", TRAIN_PLAIN),
            set(
                    "use_dora",
                    "dora",
                    "DoRA rescales each row of the merged weight (lora_magnitude_vector), which does not"
                            + " add up over adapters",
                    "Turn it into a plain LoRA adapter with lorahub convert, or train one."),
            new RefusedFeature(
                    "modules_to_save",
                    value -> isSet(value) && !SavedModules.areTables(value),
                    "modules-to-save",
                    "it replaces whole modules besides adding LoRA factors, and replaced modules cannot be mixed;"
                            + " only an embedding or output layer that equals the base model's is accepted",
                    "Train it again without modules_to_save."),
            initialisation("pissa", "PiSSA", CONVERT),
            initialisation("olora", "OLoRA", CONVERT),
            initialisation("corda", "CorDA", CONVERT),
            initialisation("lora_ga", "LoRA-GA", CONVERT),
            initialisation("loftq", "LoftQ", "Train it on the original base model."),
            set("target_parameters", "target-parameters", "it adapts bare parameters instead of modules", TRAIN_PLAIN),
            set(
                    "trainable_token_indices",
                    "trainable-tokens",
                    "it replaces rows of the embedding",
                    "Train it again without trainable_token_indices."),
            set(
                    "layer_replication",
                    "layer-replication",
                    "it was trained on a base model with repeated layers",
                    "Train it again without layer_replication."),
            set("alora_invocation_tokens", "alora", "aLoRA acts only after its invocation tokens", TRAIN_PLAIN),
            // before PEFT had it, in the format of IBM's activated-lora
            set("invocation_string", "alora", "aLoRA acts only after its invocation", TRAIN_PLAIN),
            set("alora_invocation_string", "alora", "aLoRA acts only after its invocation", TRAIN_PLAIN),
            set("use_qalora", "qalora", "QA-LoRA pools the inputs in groups before A", TRAIN_PLAIN),
            set("use_bdlora", "bdlora", "BD-LoRA has block-diagonal factors", TRAIN_PLAIN),
            set(
                    "kasa_config",
                    "kasa",
                    "KaSA truncates the base weights and puts a diagonal between A and B",
                    TRAIN_PLAIN),
            set("monteclora_config", "monteclora", "its weights are drawn at random at every call", TRAIN_PLAIN),
            set(
                    "arrow_config",
                    "arrow",
                    "it sends each token to different adapters",
                    "Compose those adapters themselves."),
            set(
                    "megatron_config",
                    "megatron",
                    "its tensors are shards of Megatron layers",
                    "Convert it to a plain PEFT adapter."));

    private static RefusedFeature set(String key, String code, String reason, String fix) {
        return new RefusedFeature(key, RefusedFeature::isSet, code, reason, fix);
    }

    private static RefusedFeature initialisation(String prefix, String name, String fix) {
        return new RefusedFeature(
                "init_lora_weights",
                value -> value.isTextual()
                        && value.textValue().toLowerCase(java.util.Locale.ROOT).startsWith(prefix),
                "changed-base",
                name + " initialisation changes the base weights, so the adapter does not fit the original" + " ones",
                fix);
    }

    /** Empty lists, objects and texts, false and null count as unset. */
    private static boolean isSet(JsonNode value) {
        if (value.isBoolean()) return value.booleanValue();
        if (value.isObject()) return true;
        return value.isContainerNode()
                ? !value.isEmpty()
                : !value.isNull() && !value.asText().isEmpty();
    }

    public Optional<CheckFinding> in(JsonNode config) {
        if (!config.has(key) || !used.test(config.get(key))) return Optional.empty();
        return Optional.of(CheckFinding.error(
                code, key, "%s is %s: %s.".formatted(key, ConfigFields.shown(config.get(key)), reason), fix));
    }
}
