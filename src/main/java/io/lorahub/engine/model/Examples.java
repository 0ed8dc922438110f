package io.lorahub.engine.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import java.util.List;

/** Tokenised examples on the model's device, which can be scored any number of times. */
public final class Examples implements AutoCloseable {

    private final PtNDManager manager;
    private final PackedExamples packed;
    private final int count;
    final PtNDArray inputs;
    final PtNDArray shifted;
    final PtNDArray labels;
    final NDList biases;
    private final IValue[] arguments;

    Examples(PtNDManager parent, PackedExamples packed, List<int[]> inputIds, long start, BiasMaker biasMaker) {
        manager = (PtNDManager) parent.newSubManager();
        this.packed = packed;
        count = inputIds.size();
        inputs = longs(packed.inputs());
        shifted = longs(packed.shifted(start));
        labels = longs(packed.labels());
        biases = biasMaker.biases((PtNDArray) manager.create(packed.padding(inputIds)), longs(packed.groups()));
        biases.attach(manager);
        arguments = new IValue[] {
            IValue.from(inputs),
            IValue.from(shifted),
            IValue.from(labels),
            IValue.listFrom(biases.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new)),
            IValue.listFrom(packed.groups())
        };
    }

    /** Computes the attention biases of all groups. */
    interface BiasMaker {
        NDList biases(PtNDArray padding, PtNDArray groups);
    }

    private PtNDArray longs(long[] values) {
        return (PtNDArray) manager.create(values, new Shape(values.length));
    }

    PtNDArray groups(PtNDManager scope) {
        return (PtNDArray) scope.create(packed.groups());
    }

    /** The program's arguments: inputs, shifted labels, labels, biases, groups. */
    IValue[] arguments() {
        return arguments;
    }

    public int count() {
        return count;
    }

    /** Number of packed tokens that the encoder reads, including padding. */
    int inputTokens() {
        return packed.inputs().length;
    }

    int labelTokens() {
        return packed.labels().length;
    }

    /** Returns the example index of each label token in the order of token losses, without padding. */
    public int[] exampleOfToken() {
        return Arrays.stream(packed.example()).filter(e -> e >= 0).toArray();
    }

    /** Extracts the losses of label tokens from a row of packed ones. */
    float[] unpadded(float[] row, int offset) {
        int[] example = packed.example();
        float[] out = new float[exampleOfToken().length];
        int at = 0;
        for (int t = 0; t < example.length; t++) {
            if (example[t] >= 0) {
                out[at++] = row[offset + t];
            }
        }
        return out;
    }

    /** Returns the share of each packed label token in the mean over examples of the example's mean token loss. */
    float[] shares() {
        int[] example = packed.example();
        int[] tokens = new int[count];
        Arrays.stream(example).filter(e -> e >= 0).forEach(e -> tokens[e]++);
        float[] shares = new float[example.length];
        for (int t = 0; t < example.length; t++) {
            shares[t] = example[t] < 0 ? 0 : 1f / tokens[example[t]] / count;
        }
        return shares;
    }

    @Override
    public void close() {
        Arrays.stream(arguments).forEach(IValue::close);
        manager.close();
    }
}
