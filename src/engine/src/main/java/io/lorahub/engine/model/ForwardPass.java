package io.lorahub.engine.model;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.model.format.Examples;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes the losses of mixes, without derivatives.
 *
 * @param weights the model's weights by their names in its program
 */
record ForwardPass(PtNDManager manager, TorchProgram program, IValue weights) {

    /**
     * Returns the loss of each label token for each weight vector.
     *
     * @param vectors computed as one batch; all or none with replaced modules
     */
    List<float[]> losses(AdapterBank bank, Examples examples, List<double[]> vectors) {
        try (PtNDManager scope = (PtNDManager) manager.newSubManager();
                MixArguments mix = new MixArguments(scope, Mix.of(bank, vectors));
                IValue factor = IValue.from(bank.composition() == ComposedWeights.FACTOR);
                IValue result = program.call(
                        "losses",
                        weights,
                        bank.factors().dictionary(),
                        mix.mix,
                        mix.rows,
                        mix.coefficients,
                        factor,
                        examples.dictionary(),
                        examples.groupList())) {
            float[] padded = result.toTensor(scope).toFloatArray();
            return IntStream.range(0, vectors.size())
                    .mapToObj(p -> examples.unpadded(padded, p * examples.labelTokens()))
                    .toList();
        }
    }
}
