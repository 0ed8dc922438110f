package io.lorahub.engine.model.decoding;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.ReplacedWeights;
import io.lorahub.engine.model.TorchProgram;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The weights of the model that texts are computed with: its own, packed as far as there is memory for that, or with
 * modules that an adapter replaces, for as long as a text uses it.
 */
final class DecoderWeights implements AutoCloseable {

    /** The model's weights with modules that an adapter replaces. */
    private static final class Replaced {
        final ReplacedWeights weights;
        final IValue dictionary;
        int texts;

        Replaced(ReplacedWeights weights, IValue dictionary) {
            this.weights = weights;
            this.dictionary = dictionary;
        }

        void close() {
            dictionary.close();
            weights.close();
        }
    }

    /** The weight of one module, or of several side by side, in another layout. */
    private record Copy(PtNDArray weight, Set<String> modules) {}

    private final LanguageModel model;
    private final PtNDManager manager;
    private final ToIntFunction<String> groupOf;
    private final List<Copy> copies = new ArrayList<>();

    private final Map<LoraAdapter, Replaced> replaced = new IdentityHashMap<>();
    /** For texts that replace no modules. */
    private final IValue own;

    private final boolean isShared;

    /**
     * @param shared      the weights of all texts, which belong to the model or a bank; empty: the model's, packed
     * @param packedBytes memory for copies of weights
     */
    DecoderWeights(LanguageModel model, PtNDManager parent, Optional<IValue> shared, long packedBytes) {
        this.model = model;
        manager = (PtNDManager) parent.newSubManager();
        groupOf = LayerGroups.THIRDS.of(model.config());
        isShared = shared.isPresent();
        if (!isShared && !model.isOnGpu()) pack(packedBytes);
        own = shared.orElseGet(() -> dictionary(model.weights(), Set.of()));
    }

    /** How many bytes of packed weights there are at most. */
    static long packed(LanguageModel model, DecoderLimits limits) {
        if (model.isOnGpu()) return 0;
        long all = model.config().modules().values().stream()
                .mapToLong(shape -> shape[0] * shape[1] * model.precision().bytes())
                .sum();
        return Math.min(all, limits.packedBytes());
    }

    /**
     * Copies weights into what a CPU reads fastest, as many as there is memory for: the output layer, which gains most, in
     * the layout of oneDNN, then layers that read the same as one, then the others.
     */
    private void pack(long bytes) {
        Map<String, PtNDArray> weights = new LinkedHashMap<>();
        for (NDArray weight : model.weights()) {
            if (!weight.getName().endsWith(".weight")) continue;
            String module = weight.getName().replaceAll("^w\\.|\\.weight$", "");
            if (model.config().modules().containsKey(module)) weights.put(module, (PtNDArray) weight);
        }
        long left = bytes;
        String head = model.config().outputLayer();
        if (weights.containsKey(head) && model.packs(outputs(head))) left -= copy(head, List.of(head), weights, left);
        for (List<String> joined : model.config().joins()) {
            left -= copy(joined.get(0) + ".joined", joined, weights, left);
        }
        copies.forEach(copy -> weights.keySet().removeAll(copy.modules));
        for (String module : weights.keySet()) {
            if (model.packs(outputs(module))) left -= copy(module, List.of(module), weights, left);
        }
    }

    private long outputs(String module) {
        return model.config().modules().get(module)[0];
    }

    /** Copies the weights of modules, side by side, and returns how many bytes that takes; 0 if there are no more. */
    private long copy(String name, List<String> modules, Map<String, PtNDArray> weights, long most) {
        long outputs = modules.stream().mapToLong(this::outputs).sum();
        long size = outputs
                * model.config().modules().get(modules.get(0))[1]
                * model.precision().bytes();
        if (size > most) return 0;
        PtNDArray[] parts = modules.stream().map(weights::get).toArray(PtNDArray[]::new);
        boolean packs = model.packs(outputs);
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            PtNDArray copy = parts.length == 1 ? parts[0] : call("side_by_side", scope, IValue.listFrom(parts));
            if (packs) copy = call("pack", scope, IValue.from(copy));
            copy.attach(manager);
            copy.setName("w." + name + (packs ? ".packed" : ".weight"));
            copies.add(new Copy(copy, Set.copyOf(modules)));
        }
        return size;
    }

    private PtNDArray call(String method, PtNDManager scope, IValue argument) {
        try (argument;
                IValue result = model.program().call(method, argument)) {
            return result.toTensor(scope);
        }
    }

    /** @param replaced modules with other weights than the packed ones */
    private IValue dictionary(NDList weights, Set<String> replaced) {
        NDList all = new NDList(weights);
        for (Copy copy : copies) {
            if (Collections.disjoint(copy.modules, replaced)) all.add(copy.weight);
        }
        return TorchProgram.dictionary(all);
    }

    /** The adapter of a mix that replaces modules, as {@link io.lorahub.engine.model.AdapterBank#replaces} says it. */
    Optional<LoraAdapter> replacing(List<MixedAdapter> mix, KeptModules kept) {
        return kept.adapter()
                .filter(adapter -> mix.stream()
                        .filter(part -> part.adapter() == adapter)
                        .anyMatch(part -> adapter.modules().keySet().stream()
                                .anyMatch(module -> part.weights().get(groupOf.applyAsInt(module)) != 0)));
    }

    /**
     * The weights for one more text, the same object for the same weights.
     *
     * @param replacing the adapter that replaces modules, to be released when the text leaves
     */
    IValue take(Optional<LoraAdapter> replacing, KeptModules kept) {
        if (replacing.isEmpty()) return own;
        Replaced shared = replaced.computeIfAbsent(replacing.get(), adapter -> {
            ReplacedWeights weights =
                    ReplacedWeights.of(manager, model.program(), model.weights(), kept, model.precision(), 0);
            return new Replaced(weights, dictionary(weights.weights(), Set.copyOf(kept.modules())));
        });
        shared.texts++;
        return shared.dictionary;
    }

    void release(LoraAdapter adapter) {
        Replaced shared = replaced.get(adapter);
        if (--shared.texts > 0) return;
        replaced.remove(adapter);
        shared.close();
    }

    @Override
    public void close() {
        replaced.values().forEach(Replaced::close);
        if (!isShared) own.close();
        manager.close();
    }
}
