package io.lorahub.engine.model.format;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/** Tokenised examples on the model's device, which can be scored any number of times. */
public final class Examples implements AutoCloseable {

    private final PtNDManager manager;
    private final int count;
    private final int inputTokens;
    private final int common;
    private final int[] example;
    private final Runs runs;
    private final long[] groups;
    private final Map<String, PtNDArray> tensors;
    private final IValue dictionary;
    private final IValue groupList;

    /**
     * How examples are packed.
     *
     * @param count       number of examples
     * @param inputTokens number of packed tokens that the model reads before the labels, including padding
     * @param common      how many of them are packed once for all examples
     * @param example     the example of each packed label, -1 for padding
     * @param runs        where each example's own tokens are
     * @param groups      the program's description of the groups
     */
    record Packing(int count, int inputTokens, int common, int[] example, Runs runs, long[] groups) {}

    /**
     * @param manager owned by these examples
     * @param tensors the program's tensors by name
     */
    Examples(PtNDManager manager, Packing packing, Map<String, PtNDArray> tensors) {
        this.manager = manager;
        count = packing.count;
        inputTokens = packing.inputTokens;
        common = packing.common;
        example = packing.example;
        runs = packing.runs;
        groups = packing.groups;
        this.tensors = new HashMap<>(tensors);
        this.tensors.put("shares", (PtNDArray) manager.create(shares(), new Shape(example.length)));
        dictionary = IValue.stringMapFrom(this.tensors);
        groupList = IValue.listFrom(groups);
    }

    /** The program's tensors by name. */
    public Map<String, PtNDArray> tensors() {
        return tensors;
    }

    public PtNDArray groups(PtNDManager scope) {
        return (PtNDArray) scope.create(groups);
    }

    /** Whether no packed token belongs to several examples, so that each example's gradient can be told apart. */
    public boolean areSeparate() {
        return common == 0;
    }

    /** Number of packed tokens of the inputs if no token were packed once for all. */
    public int separateInputTokens() {
        return inputTokens + (count - 1) * common;
    }

    /**
     * Returns the places where the runs of packed tokens begin whose gradients are computed apart, and where the last one
     * ends: in the first row among the tokens of the inputs, in the second among the labels.
     *
     * @param each one run per example, in the order of {@link #exampleOfRun}; otherwise a single one
     */
    public PtNDArray runs(PtNDManager scope, boolean each) {
        if (each && !areSeparate()) throw new IllegalArgumentException("Some tokens belong to all examples.");
        int count = each ? runs.example.length : 1;
        long[] bounds = each
                ? LongStream.concat(Arrays.stream(runs.inputs), Arrays.stream(runs.labels))
                        .toArray()
                : new long[] {0, inputTokens, 0, example.length};
        return (PtNDArray) scope.create(bounds, new Shape(2, count + 1));
    }

    /** Returns the example of each run. */
    public int[] exampleOfRun() {
        return runs.example;
    }

    public IValue dictionary() {
        return dictionary;
    }

    public IValue groupList() {
        return groupList;
    }

    public int count() {
        return count;
    }

    public int inputTokens() {
        return inputTokens;
    }

    /** Number of packed labels, including padding. */
    public int labelTokens() {
        return example.length;
    }

    /** Returns the example index of each label token in the order of token losses, without padding. */
    public int[] exampleOfToken() {
        return Arrays.stream(example).filter(e -> e >= 0).toArray();
    }

    /** Extracts the losses of label tokens from a row of packed ones. */
    public float[] unpadded(float[] row, int offset) {
        float[] out = new float[exampleOfToken().length];
        int at = 0;
        for (int t = 0; t < example.length; t++) {
            if (example[t] >= 0) out[at++] = row[offset + t];
        }
        return out;
    }

    /** Returns the share of each packed label token in the mean over examples of the example's mean token loss. */
    private float[] shares() {
        int[] tokens = new int[count];
        Arrays.stream(example).filter(e -> e >= 0).forEach(e -> tokens[e]++);
        float[] shares = new float[example.length];
        for (int t = 0; t < example.length; t++) {
            shares[t] = example[t] < 0 ? 0 : 1f / tokens[example[t]] / count;
        }
        return shares;
    }

    /**
     * Where each example's own tokens lie among the packed ones, which follow one another example by example.
     *
     * @param example the example of each run
     * @param inputs  the first token of each run that the model reads before the labels, and the end of the last
     * @param labels  the same of the labels
     */
    record Runs(int[] example, long[] inputs, long[] labels) {

        /** @param inputs the lengths of the runs, including padding */
        static Runs ofLengths(int[] example, long[] inputs, long[] labels) {
            return new Runs(example, sums(inputs), sums(labels));
        }

        private static long[] sums(long[] lengths) {
            long[] sums = new long[lengths.length + 1];
            for (int i = 0; i < lengths.length; i++) sums[i + 1] = sums[i] + lengths[i];
            return sums;
        }
    }

    @Override
    public void close() {
        dictionary.close();
        groupList.close();
        manager.close();
    }
}
