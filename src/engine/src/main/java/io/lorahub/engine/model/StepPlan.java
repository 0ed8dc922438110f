package io.lorahub.engine.model;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of the program's methods that decode, in the order in which they read them: a list of integers, a tensor of
 * integers and one of floats.
 */
final class StepPlan {

    private long[] plan = new long[64];
    private int planned;
    private long[] numbers = new long[64];
    private int counted;
    private float[] floats = new float[1024];
    private int filled;

    void plan(long... values) {
        if (planned + values.length > plan.length) plan = Arrays.copyOf(plan, 2 * (planned + values.length));
        for (long value : values) plan[planned++] = value;
    }

    void number(long value) {
        if (counted == numbers.length) numbers = Arrays.copyOf(numbers, 2 * counted);
        numbers[counted++] = value;
    }

    void floats(float[] values) {
        int from = room(values.length);
        System.arraycopy(values, 0, floats, from, values.length);
    }

    private int room(int count) {
        if (filled + count > floats.length) floats = Arrays.copyOf(floats, 2 * (filled + count));
        filled += count;
        return filled - count;
    }

    /**
     * Adds the coefficients of texts for a range of stacked rows, [groups, texts, rows].
     *
     * @param low  the first row
     * @param high the row behind the last one
     */
    void coefficients(List<DecodedText> texts, AdapterStack stack, int low, int high) {
        int rows = high - low;
        int at = room(LayerGroups.THIRDS.size() * texts.size() * rows);
        Arrays.fill(floats, at, filled, 0);
        for (int t = 0; t < texts.size(); t++) {
            for (AdapterWeights part : texts.get(t).mix) {
                int first = stack.low(part.adapter()) - low;
                int last = stack.high(part.adapter()) - low;
                for (int g = 0; g < LayerGroups.THIRDS.size(); g++) {
                    int line = at + (g * texts.size() + t) * rows;
                    for (int row = first; row < last; row++) {
                        floats[line + row] += part.weights().get(g).floatValue();
                    }
                }
            }
        }
    }

    /** Calls a method that decodes. */
    IValue call(TorchProgram program, String method, PtNDManager scope, IValue weights, IValue factors, IValue caches) {
        try (IValue n = IValue.from((PtNDArray) scope.create(Arrays.copyOf(numbers, counted), new Shape(counted)));
                IValue f = IValue.from((PtNDArray) scope.create(Arrays.copyOf(floats, filled), new Shape(filled)));
                IValue p = IValue.listFrom(Arrays.copyOf(plan, planned))) {
            return program.call(method, weights, factors, caches, n, f, p);
        }
    }
}
