package io.lorahub.engine.model;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.lora.merge.KeptModules;

/**
 * The model's weights with modules that one candidate replaces as a whole (modules_to_save). Only the replaced tensors
 * take memory; the others are the model's own.
 *
 * @param candidate  the index of the candidate in its bank
 * @param weights    named as in the program
 * @param dictionary the same by name
 */
record ReplacedWeights(int candidate, NDList weights, IValue dictionary, PtNDManager manager) implements AutoCloseable {

    static ReplacedWeights of(
            PtNDManager parent,
            TorchProgram program,
            NDList base,
            KeptModules kept,
            Precision precision,
            int candidate) {
        PtNDManager manager = (PtNDManager) parent.newSubManager();
        try {
            NDList weights = WeightLoader.replaced(
                    base,
                    manager,
                    program,
                    kept.source(),
                    kept.tensors(),
                    precision);
            return new ReplacedWeights(candidate, weights, LanguageModel.dictionary(weights), manager);
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
