package io.lorahub.engine.lora.merge;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The embeddings and output layers that one adapter of a merge was trained with (modules_to_save). The merged adapter
 * takes them as they are, whatever the adapter's weight: a replaced module has no ΔW that could be scaled.
 *
 * @param adapter the adapter that has them; empty if no adapter of the merge has any
 * @param tensors names in its file, by module
 */
public record KeptModules(Optional<LoraAdapter> adapter, Map<String, String> tensors) {

    public static final KeptModules NONE = new KeptModules(Optional.empty(), Map.of());

    public KeptModules {
        tensors = Map.copyOf(tensors);
    }

    /**
     * Finds the modules that differ from the base model's. An adapter with the weight 0 is left out, with its modules.
     * Throws EngineException if two adapters have some, or if another adapter has factors for one of them.
     */
    public static KeptModules of(List<WeightedAdapter> parts, TensorSource base) {
        KeptModules found = NONE;
        for (WeightedAdapter part : parts) {
            if (part.weight() == 0) continue;
            KeptModules own = of(part.adapter(), base);
            if (own.isEmpty()) continue;
            if (!found.isEmpty()) throw several(found, own);
            found = own;
        }
        for (WeightedAdapter part : parts) {
            for (String module : found.tensors.keySet()) {
                if (part.weight() != 0 && part.adapter().modules().containsKey(module)) {
                    throw new EngineException(
                            "%s replaces %s as a whole (modules_to_save), and %s has LoRA factors for it, which PEFT can't load together. Leave one of them out."
                                    .formatted(
                                            found.adapter.orElseThrow().name(),
                                            module,
                                            part.adapter().name()));
                }
            }
        }
        return found;
    }

    private static KeptModules of(LoraAdapter adapter, TensorSource base) {
        Map<String, String> trained = new LinkedHashMap<>();
        adapter.folder()
                .ifPresent(f -> BaseCopies.trained(f.weights(), adapter.config(), base)
                        .forEach(tensor -> trained.put(BaseCopies.module(tensor), tensor)));
        return new KeptModules(Optional.of(adapter), trained);
    }

    private static EngineException several(KeptModules first, KeptModules second) {
        return new EngineException(
                "%s and %s both replace whole modules (%s; %s), which can't be merged: one adapter at most can have trained modules_to_save. Leave one of them out."
                        .formatted(
                                first.adapter.orElseThrow().name(),
                                second.adapter.orElseThrow().name(),
                                String.join(", ", first.modules()),
                                String.join(", ", second.modules())));
    }

    public boolean isEmpty() {
        return tensors.isEmpty();
    }

    /** Names of the modules, sorted. */
    public List<String> modules() {
        return tensors.keySet().stream().sorted().toList();
    }

    /** The tensors to write, with PEFT's names, as they are in the adapter's file. */
    Map<String, PlannedTensor> planned() {
        Map<String, PlannedTensor> planned = new LinkedHashMap<>();
        modules()
                .forEach(module -> planned.put(
                        "base_model.model.%s.weight".formatted(module),
                        PlannedTensor.copyOf(
                                adapter.orElseThrow().folder().orElseThrow().weights(), tensors.get(module))));
        return planned;
    }
}
