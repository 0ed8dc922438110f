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
import java.util.HashMap;
import java.util.IdentityHashMap;
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

    private final LanguageModel model;
    private final PtNDManager manager;
    private final ToIntFunction<String> groupOf;
    /** Copies of weights by module. */
    private final Map<String, PtNDArray> packed = new HashMap<>();

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
        if (!isShared && model.packs()) pack(packedBytes);
        own = shared.orElseGet(() -> dictionary(model.weights(), Set.of()));
    }

    /** Copies weights into the layout that oneDNN reads fastest, as many as there is memory for. */
    private void pack(long bytes) {
        long left = bytes;
        for (NDArray weight : model.weights()) {
            String module = weight.getName().replaceAll("^w\\.|\\.weight$", "");
            long[] shape = model.config().modules().get(module);
            if (shape == null || !weight.getName().endsWith(".weight")) continue;
            long size = shape[0] * shape[1] * model.precision().bytes();
            if (size > left) continue;
            left -= size;
            try (IValue from = IValue.from((PtNDArray) weight);
                    IValue result = model.program().call("pack", from)) {
                PtNDArray copy = result.toTensor(manager);
                copy.setName("w." + module + ".packed");
                packed.put(module, copy);
            }
        }
    }

    /** @param replaced modules with other weights than the packed ones */
    private IValue dictionary(NDList weights, Set<String> replaced) {
        NDList all = new NDList(weights);
        packed.forEach((module, copy) -> {
            if (!replaced.contains(module)) all.add(copy);
        });
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
