package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.format.Examples;
import java.util.List;

/**
 * Computes the derivatives of the loss with respect to the weights of a mix, by autograd.
 *
 * @param weights the model's weights, named as in its program
 */
record BackwardPass(PtNDManager manager, TorchProgram program, NDList weights) {

    /** Limit on the bytes of activations, beyond which they are recomputed instead of kept. */
    private static final double MOST_ACTIVATIONS = 1e9;

    /**
     * Whether the activations of all layers, which autograd keeps for the backward pass, would take too much memory.
     */
    static boolean isLarge(ModelConfig config, Examples examples) {
        double activations = config.activations(examples.inputTokens(), examples.labelTokens());
        return activations * Float.BYTES > MOST_ACTIVATIONS;
    }

    /** @param lean whether to recompute each layer instead of keeping its activations */
    LossGradient gradient(AdapterBank bank, Examples examples, double[] mixture, boolean lean) {
        if (lean) FreeMemory.giveBack();
        Mix mix = Mix.all(bank, List.of(mixture));
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            NDList arguments = new NDList(weights);
            bank.tensors().forEach((key, tensor) -> {
                tensor.setName("bank." + key);
                arguments.add(tensor);
            });
            arguments.add(scope.create(mix.mix(), new Shape(1, mix.mix().length)));
            arguments.add(scope.create(mix.coefficients(), new Shape(1, mix.coefficients().length)));
            arguments.add(scope.create(new boolean[] {bank.composition() == ComposedWeights.FACTOR}));
            examples.tensors().forEach((key, tensor) -> {
                tensor.setName("examples." + key);
                arguments.add(tensor);
            });
            arguments.add(examples.groups(scope));
            NDList result = program.callForTraining(lean ? "lean_gradient" : "gradient", arguments);
            result.attach(scope);
            double[] derivative = derivative(bank, result.get(1), result.get(2));
            if (mixture.length < derivative.length) derivative = summed(derivative, bank.groups());
            return new LossGradient(examples.unpadded(result.get(0).toFloatArray(), 0), derivative);
        }
    }

    /** @return derivatives with respect to each weight [N * G], as {@link AdapterBank#perGroup} orders them */
    private static double[] derivative(AdapterBank bank, NDArray mix, NDArray coefficients) {
        int groups = bank.groups();
        double[] derivative = new double[bank.candidates() * groups];
        float[] direct = mix.toFloatArray();
        float[] rows = coefficients.toFloatArray();
        for (int k = 0; k < derivative.length; k++) {
            int i = k / groups;
            int group = k % groups;
            derivative[k] = direct[group * bank.candidates() + i];
            for (int row = bank.firstRow(i); row < bank.firstRow(i + 1); row++) {
                derivative[k] += rows[group * bank.rows() + row];
            }
        }
        return derivative;
    }

    private static double[] summed(double[] derivative, int groups) {
        double[] sums = new double[derivative.length / groups];
        for (int k = 0; k < derivative.length; k++) sums[k / groups] += derivative[k];
        return sums;
    }
}
