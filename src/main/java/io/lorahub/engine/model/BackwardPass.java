package io.lorahub.engine.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.format.Examples;
import java.util.ArrayList;
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

    /** Number of weight vectors whose activations fit into that limit at once; at least one. */
    static int vectorsAtOnce(ModelConfig config, Examples examples) {
        double activations = config.activations(examples.inputTokens(), examples.labelTokens());
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, MOST_ACTIVATIONS / (activations * Float.BYTES)));
    }

    /**
     * @param mixtures weight vectors, computed as one batch
     * @param lean     whether to recompute each layer instead of keeping its activations; only for one vector
     */
    List<LossGradient> gradients(AdapterBank bank, Examples examples, List<double[]> mixtures, boolean lean) {
        if (lean) FreeMemory.giveBack();
        int vectors = mixtures.size();
        Mix mix = Mix.all(bank, mixtures);
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            NDList arguments = new NDList(weights);
            bank.factors().tensors().forEach((key, tensor) -> {
                tensor.setName("bank." + key);
                arguments.add(tensor);
            });
            arguments.add(scope.create(mix.mix(), new Shape(vectors, mix.mix().length / vectors)));
            arguments.add(scope.create(mix.coefficients(), new Shape(vectors, mix.coefficientWidth())));
            arguments.add(scope.create(new boolean[] {bank.composition() == ComposedWeights.FACTOR}));
            examples.tensors().forEach((key, tensor) -> {
                tensor.setName("examples." + key);
                arguments.add(tensor);
            });
            arguments.add(examples.groups(scope));
            NDList result = program.callForTraining(lean ? "lean_gradient" : "gradient", arguments);
            result.attach(scope);
            float[] losses = result.get(0).toFloatArray();
            float[] direct = result.get(1).toFloatArray();
            float[] rows = result.get(2).toFloatArray();
            List<LossGradient> gradients = new ArrayList<>();
            for (int p = 0; p < vectors; p++) {
                double[] derivative = derivative(bank, direct, rows, p);
                if (mixtures.get(p).length < derivative.length) derivative = summed(derivative, bank.groups());
                gradients.add(new LossGradient(examples.unpadded(losses, p * examples.labelTokens()), derivative));
            }
            return gradients;
        }
    }

    /**
     * @param direct derivatives with respect to mix [P, G * N]
     * @param rows   derivatives with respect to the coefficients [P, G * R]
     * @param vector index p
     * @return derivatives with respect to each weight [N * G], as {@link AdapterBank#perGroup} orders them
     */
    private static double[] derivative(AdapterBank bank, float[] direct, float[] rows, int vector) {
        int groups = bank.groups();
        double[] derivative = new double[bank.candidates() * groups];
        for (int k = 0; k < derivative.length; k++) {
            int i = k / groups;
            int line = vector * groups + k % groups;
            derivative[k] = direct[line * bank.candidates() + i];
            for (int row = bank.firstRow(i); row < bank.firstRow(i + 1); row++) {
                derivative[k] += rows[line * bank.rows() + row];
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
