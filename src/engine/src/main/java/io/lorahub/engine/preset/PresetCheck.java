package io.lorahub.engine.preset;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.model.family.ModelConfig;
import java.util.Optional;
import java.util.function.Predicate;

/** Refuses what a program wouldn't load, or would load wrongly. */
final class PresetCheck {

    private final ExportPreset preset;
    private final LoraAdapter adapter;

    private PresetCheck(ExportPreset preset, LoraAdapter adapter) {
        this.preset = preset;
        this.adapter = adapter;
    }

    /** Throws EngineException with the reason if the program can't serve the adapter. */
    static void require(ExportPreset preset, LoraAdapter adapter, KeptModules kept, Optional<ModelConfig> base) {
        PresetCheck check = new PresetCheck(preset, adapter);
        if (preset != ExportPreset.PEFT) check.requireServed(base);
        if (preset != ExportPreset.PEFT && !kept.isEmpty()) {
            throw check.refused(
                    "it replaces %s as a whole (modules_to_save), which only PEFT loads. A full model has everything in it: lorahub merge --fused, or Full model on the page of a run"
                            .formatted(String.join(", ", kept.modules())));
        }
        base.ifPresent(check::requireFit);
    }

    private void requireServed(Optional<ModelConfig> base) {
        if (base.isEmpty() && preset.needsBase()) {
            throw refused(
                    "it needs the base model's config.json, for the names and sizes of its modules; give its folder with --base DIR");
        }
        String family = base.map(ModelConfig::modelType)
                .orElse(Architecture.ofModules(adapter.modules().keySet()) == Architecture.ENCODER_DECODER ? "t5" : "");
        if (!family.isEmpty() && !preset.serves(family)) {
            throw refused("%s doesn't load adapters for models of the family %s, only for %s"
                    .formatted(preset.title(), family, String.join(", ", preset.families())));
        }
        first(LoraModule::embedding).ifPresent(m -> {
            throw refused("it adapts the embedding %s, which only PEFT loads".formatted(m.name()));
        });
        first(m -> m.bias().isPresent()).ifPresent(m -> {
            throw refused("it adds a bias (lora_bias) in %s, which only PEFT loads".formatted(m.name()));
        });
        base.filter(ModelConfig::tied)
                .flatMap(config -> first(m -> m.name().equals(config.outputLayer())))
                .ifPresent(m -> {
                    throw refused(
                            "it adapts the output layer %s, whose weight is the input embedding in this model; only PEFT loads that"
                                    .formatted(m.name()));
                });
    }

    /** T5's modules lie in an encoder and a decoder. */
    private Optional<LoraModule> first(Predicate<LoraModule> which) {
        return adapter.modules().values().stream().filter(which).findFirst();
    }

    private void requireFit(ModelConfig config) {
        for (LoraModule module : adapter.modules().values()) {
            if (module.embedding()) continue;
            long[] shape = config.modules().get(module.name());
            if (shape == null) {
                throw new EngineException("The adapter %s adapts %s, which the base model (%s) doesn't have."
                        .formatted(adapter.name(), module.name(), config.modelType()));
            }
            if (shape[0] != module.out() || shape[1] != module.in()) {
                throw new EngineException(
                        "The adapter %s adapts %s as a layer from %d to %d values, but in the base model it goes from %d to %d."
                                .formatted(
                                        adapter.name(), module.name(), module.in(), module.out(), shape[1], shape[0]));
            }
        }
    }

    private EngineException refused(String reason) {
        return new EngineException(
                "The adapter %s can't be exported for %s: %s.".formatted(adapter.name(), preset.title(), reason));
    }
}
