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
    static final double MOST_ACTIVATIONS = 1e9;

    /**
     * Whether the activations of all layers, which autograd keeps for the backward pass, would take too much memory.
     */
    static boolean isLarge(ModelConfig config, Examples examples) {
        return activations(config, examples) > MOST_ACTIVATIONS;
    }

    /** Number of weight vectors whose activations fit into that limit at once; at least one. */
    static int vectorsAtOnce(ModelConfig config, Examples examples) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, MOST_ACTIVATIONS / activations(config, examples)));
    }

    private static double activations(ModelConfig config, Examples examples) {
        return config.activations(examples.inputTokens(), examples.labelTokens()) * Float.BYTES;
    }

    /**
     * @param mixtures weight vectors, computed as one batch
     * @param each     whether to return the gradient of each example too
     * @param lean     whether to recompute each layer instead of keeping its activations; only for one vector
     */
    List<LossGradient> gradients(
            AdapterBank bank, Examples examples, List<double[]> mixtures, boolean each, boolean lean) {
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
            arguments.add(examples.runs(scope, each));
            NDList result = program.callForTraining(lean ? "lean_gradient" : "gradient", arguments);
            result.attach(scope);
            float[] losses = result.get(0).toFloatArray();
            float[] direct = result.get(1).toFloatArray();
            float[] rows = result.get(2).toFloatArray();
            int runs = each ? examples.count() : 1;
            List<LossGradient> gradients = new ArrayList<>();
            for (int p = 0; p < vectors; p++) {
                boolean shared = mixtures.get(p).length < bank.candidates() * bank.groups();
                double[] sum = new double[mixtures.get(p).length];
                double[][] derivatives = new double[runs][];
                for (int run = 0; run < runs; run++) {
                    double[] derivative = derivative(bank, direct, rows, p * runs + run);
                    derivatives[run] = shared ? summed(derivative, bank.groups()) : derivative;
                    for (int i = 0; i < sum.length; i++) sum[i] += derivatives[run][i];
                }
                gradients.add(new LossGradient(
                        examples.unpadded(losses, p * examples.labelTokens()),
                        sum,
                        each ? ofExamples(examples, derivatives) : null));
            }
            return gradients;
        }
    }

    /** The derivatives of each example's own loss, from those of its share in the mean. */
    private static float[][] ofExamples(Examples examples, double[][] ofRuns) {
        int[] example = examples.exampleOfRun();
        float[][] own = new float[ofRuns.length][];
        for (int run = 0; run < ofRuns.length; run++) {
            float[] gradient = new float[ofRuns[run].length];
            for (int i = 0; i < gradient.length; i++) gradient[i] = (float) (ofRuns[run][i] * ofRuns.length);
            own[example[run]] = gradient;
        }
        return own;
    }

    /**
     * @param direct derivatives with respect to mix [P, runs, G * N]
     * @param rows   derivatives with respect to the coefficients [P, runs, G * R]
     * @param place  index of the vector and the run
     * @return derivatives with respect to each weight [N * G], as {@link AdapterBank#perGroup} orders them
     */
    private static double[] derivative(AdapterBank bank, float[] direct, float[] rows, int place) {
        int groups = bank.groups();
        double[] derivative = new double[bank.candidates() * groups];
        for (int k = 0; k < derivative.length; k++) {
            int i = k / groups;
            int line = place * groups + k % groups;
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
