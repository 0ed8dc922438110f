package io.lorahub.engine.model.decoding;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.TorchProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The arguments of the program's methods that decode, in the order in which they read them: a list of integers, a tensor of
 * integers and one of floats.
 */
final class StepPlan {

    /** Multiplications for a row of one token that slots must save. */
    private static final int WORTH_SLOTS = 400;

    private final List<long[]> parts = new ArrayList<>();
    /** What stands at the end of the integers. */
    private long[] last = {};

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
     * Adds a part of the tokens, which the adapters of texts change; see set_parts in lora.py.
     *
     * @param texts each text with one token, or one with all
     * @param first the first token
     * @param count the number of tokens
     */
    void part(List<DecodedText> texts, AdapterStack stack, int first, int count) {
        int low = stack.low(texts);
        int high = stack.high(texts);
        if (low == high) return;
        if (texts.size() == count && slots(texts, stack, low, high, first)) return;
        coefficients(texts, stack, low, high);
        parts.add(new long[] {first, count, low, high, texts.size(), 0, 0, 0});
    }

    /** Number of parts. */
    int parts() {
        return parts.size();
    }

    /** Writes what has been added as parts. */
    void planParts() {
        parts.forEach(this::plan);
    }

    /** Adds a part that is computed adapter by adapter, if that is less work than all adapters for all tokens. */
    private boolean slots(List<DecodedText> texts, AdapterStack stack, int low, int high, int first) {
        Map<Integer, List<Slot>> users = new HashMap<>();
        int rank = 0;
        int most = 0;
        for (int t = 0; t < texts.size(); t++) {
            most = Math.max(most, texts.get(t).mix.size());
            for (MixedAdapter part : texts.get(t).mix) {
                int row = stack.low(part.adapter()) - low;
                int own = stack.high(part.adapter()) - low - row;
                if (rank == 0) rank = own;
                if (own != rank || row % rank != 0) return false;
                users.computeIfAbsent(row / rank, r -> new ArrayList<>()).add(new Slot(t, part.weights()));
            }
        }
        int adapters = (high - low) / rank;
        int each = users.values().stream().mapToInt(List::size).max().orElse(0);
        int used = users.values().stream().mapToInt(List::size).sum();
        int fewer = used < most * texts.size() ? 1 : 0;
        if ((texts.size() - each) * (high - low) < WORTH_SLOTS || adapters * rank != high - low) return false;
        int at = room(LayerGroups.THIRDS.size() * adapters * each);
        Arrays.fill(floats, at, filled, 0);
        long[] slots = new long[adapters * each];
        int[] found = new int[texts.size()];
        long[] of = new long[most * texts.size()];
        Arrays.fill(of, slots.length);
        for (int slot = 0; slot < slots.length; slot++) {
            List<Slot> own = users.getOrDefault(slot / each, List.of());
            if (slot % each >= own.size()) continue;
            Slot user = own.get(slot % each);
            slots[slot] = user.text;
            of[found[user.text]++ * texts.size() + user.text] = slot;
            for (int g = 0; g < LayerGroups.THIRDS.size(); g++) {
                floats[at + g * slots.length + slot] = user.weights.get(g).floatValue();
            }
        }
        last = LongStream.concat(Arrays.stream(slots), Arrays.stream(of)).toArray();
        parts.add(new long[] {first, texts.size(), low, high, slots.length, adapters, most, fewer});
        return true;
    }

    /** A text that uses an adapter. */
    private record Slot(int text, List<Double> weights) {}

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
            for (MixedAdapter part : texts.get(t).mix) {
                int from = stack.low(part.adapter()) - low;
                int to = stack.high(part.adapter()) - low;
                for (int g = 0; g < LayerGroups.THIRDS.size(); g++) {
                    int line = at + (g * texts.size() + t) * rows;
                    for (int row = from; row < to; row++) {
                        floats[line + row] += part.weights().get(g).floatValue();
                    }
                }
            }
        }
    }

    /** Calls a method that decodes. */
    IValue call(TorchProgram program, String method, PtNDManager scope, IValue weights, IValue factors, IValue caches) {
        for (long value : last) number(value);
        try (IValue n = IValue.from((PtNDArray) scope.create(Arrays.copyOf(numbers, counted), new Shape(counted)));
                IValue f = IValue.from((PtNDArray) scope.create(Arrays.copyOf(floats, filled), new Shape(filled)));
                IValue p = IValue.listFrom(Arrays.copyOf(plan, planned))) {
            return program.call(method, weights, factors, caches, n, f, p);
        }
    }
}
