package io.lorahub.engine.model;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.lora.merge.KeptModules;
import java.util.Set;

/**
 * The model's weights with modules that one candidate replaces as a whole (modules_to_save). Only the replaced tensors
 * take memory; the others are the model's own.
 *
 * @param candidate  the index of the candidate in its bank
 * @param adapted    the modules for which the candidate has factors
 * @param weights    named as in the program
 * @param dictionary the same by name
 */
public record ReplacedWeights(
        int candidate, Set<String> adapted, NDList weights, IValue dictionary, PtNDManager manager)
        implements AutoCloseable {

    public static ReplacedWeights of(
            PtNDManager parent,
            TorchProgram program,
            NDList base,
            KeptModules kept,
            Precision precision,
            int candidate) {
        PtNDManager manager = (PtNDManager) parent.newSubManager();
        Set<String> adapted = kept.adapter().orElseThrow().modules().keySet();
        try {
            NDList weights = WeightLoader.replaced(base, manager, program, kept.source(), kept.tensors(), precision);
            return new ReplacedWeights(candidate, adapted, weights, TorchProgram.dictionary(weights), manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public void close() {
        dictionary.close();
        manager.close();
    }
}
