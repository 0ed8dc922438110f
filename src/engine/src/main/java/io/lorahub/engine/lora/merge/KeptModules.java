package io.lorahub.engine.lora.merge;

import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.config.SavedModules;
import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The embeddings and output layers that one of several adapters was trained with (modules_to_save). A mix in which that
 * adapter has a weight other than 0 takes them as they are, because a replaced module has no ΔW that could be scaled.
 *
 * @param adapter the adapter that has them; empty if no adapter has any
 * @param tensors names in its file, by module
 */
public record KeptModules(Optional<LoraAdapter> adapter, Map<String, String> tensors) {

    public static final KeptModules NONE = new KeptModules(Optional.empty(), Map.of());

    /**
     * The modules of a model that share one weight.
     *
     * @param embedding looks up the input tokens
     * @param output    computes the logits
     */
    public record Tied(String embedding, String output) {}

    public KeptModules {
        tensors = Map.copyOf(tensors);
    }

    /**
     * Finds the modules that differ from the base model's.
     *
     * @param tied the base model's tied modules, if it ties them
     * @throws EngineException if two adapters have some, or if another adapter has factors for one of them
     */
    public static KeptModules of(Collection<LoraAdapter> adapters, TensorSource base, Optional<Tied> tied) {
        KeptModules kept = NONE;
        for (LoraAdapter adapter : adapters) {
            KeptModules own = of(adapter, base, tied);
            if (own.isEmpty()) continue;
            if (!kept.isEmpty()) throw several(kept, own);
            kept = own;
        }
        for (LoraAdapter adapter : adapters) {
            for (String module : kept.modules()) {
                if (adapter.modules().containsKey(module)) {
                    throw new EngineException(
                            "%s replaces %s as a whole (modules_to_save), and %s has LoRA factors for it, which PEFT can't load together. Leave one of them out."
                                    .formatted(kept.adapter.orElseThrow().name(), module, adapter.name()));
                }
            }
        }
        return kept;
    }

    private static KeptModules of(LoraAdapter adapter, TensorSource base, Optional<Tied> tied) {
        Map<String, String> trained = new LinkedHashMap<>();
        adapter.folder()
                .map(AdapterFolder::weights)
                .ifPresent(weights -> BaseCopies.trained(weights, adapter.config(), base)
                        .forEach(tensor -> trained.put(BaseCopies.module(tensor), tensor)));
        return of(adapter, trained, tied);
    }

    private static KeptModules of(LoraAdapter adapter, Map<String, String> tensors, Optional<Tied> tied) {
        if (tensors.isEmpty()) return NONE;
        // PEFT then gives the embedding's weight to the output layer too
        if (SavedModules.areTied(adapter.config().json())) {
            tied.filter(t -> tensors.containsKey(t.embedding()))
                    .ifPresent(t -> tensors.put(t.output(), tensors.get(t.embedding())));
        }
        return new KeptModules(Optional.of(adapter), tensors);
    }

    /**
     * The modules that the adapter's configuration lists, whether or not they differ from the base model's, for writing
     * them again without that model's weights.
     */
    public static KeptModules listed(LoraAdapter adapter, Optional<Tied> tied) {
        Map<String, String> listed = new LinkedHashMap<>();
        adapter.folder()
                .map(AdapterFolder::weights)
                .ifPresent(weights -> BaseCopies.saved(weights, adapter.config())
                        .forEach(tensor -> listed.put(BaseCopies.module(tensor), tensor)));
        return of(adapter, listed, tied);
    }

    private static EngineException several(KeptModules first, KeptModules second) {
        return new EngineException(
                "%s and %s both replace whole modules (%s; %s), which can't be mixed: one adapter at most can have trained modules_to_save. Leave one of them out."
                        .formatted(
                                first.adapter.orElseThrow().name(),
                                second.adapter.orElseThrow().name(),
                                String.join(", ", first.modules()),
                                String.join(", ", second.modules())));
    }

    /** The same modules in an adapter that was written with them. */
    public KeptModules in(LoraAdapter written) {
        if (isEmpty()) return NONE;
        Map<String, String> own = new LinkedHashMap<>();
        modules().forEach(module -> own.put(module, written(module)));
        return new KeptModules(Optional.of(written), own);
    }

    public boolean isEmpty() {
        return tensors.isEmpty();
    }

    /** Names of the modules, sorted. */
    public List<String> modules() {
        return tensors.keySet().stream().sorted().toList();
    }

    /** The file that the tensors are in. */
    public TensorSource source() {
        return adapter.flatMap(LoraAdapter::folder).map(AdapterFolder::weights).orElseThrow();
    }

    /** The tensors to write, with PEFT's names, as they are in the adapter's file. */
    Map<String, PlannedTensor> planned() {
        Map<String, PlannedTensor> planned = new LinkedHashMap<>();
        modules().forEach(module -> planned.put(written(module), PlannedTensor.copyOf(source(), tensors.get(module))));
        return planned;
    }

    private static String written(String module) {
        return "base_model.model.%s.weight".formatted(module);
    }
}
