package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.format.ExampleFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Decodes greedily with a model that is changed by a mix of adapters.
 *
 * @param weights the weights that the mix is added to, by name
 */
record GreedyDecoder(PtNDManager manager, TorchProgram program, IValue weights, BaseModel base, ExampleFormat format) {

    /** See {@link LanguageModel#generate}. */
    List<int[]> generate(AdapterBank bank, double[] mix, List<int[]> inputs, int maxTokens) {
        OptionalInt turn = base.config().turningPoint();
        List<int[]> texts = new ArrayList<>();
        if (turn.isEmpty()) {
            if (inputs.stream().allMatch(input -> room(input) >= maxTokens))
                return decode(bank, mix, inputs, maxTokens);
            for (int[] input : inputs) {
                int room = Math.min(maxTokens, room(input));
                texts.add(decode(bank, mix, List.of(input), room).get(0));
            }
            return texts;
        }
        for (int[] input : inputs) texts.add(decodeAcross(turn.getAsInt(), bank, mix, input, maxTokens));
        return texts;
    }

    /** Number of tokens for which the model has positions; it does not read the last one that it writes. */
    private int room(int[] input) {
        OptionalInt positions = base.config().learnedPositions();
        // the format refuses an input that is longer
        return positions.isEmpty() ? Integer.MAX_VALUE : Math.max(1, positions.getAsInt() + 1 - input.length);
    }

    /** Decodes up to a length, and beyond it begins again with what has been decoded so far. */
    private int[] decodeAcross(int turn, AdapterBank bank, double[] mix, int[] input, int maxTokens) {
        int before = turn + 1 - input.length;
        if (before <= 0 || before >= maxTokens)
            return decode(bank, mix, List.of(input), maxTokens).get(0);
        int[] first = decode(bank, mix, List.of(input), before).get(0);
        if (first.length < before) return first;
        int[] longer = Arrays.copyOf(input, turn + 1);
        System.arraycopy(first, 0, longer, input.length, before);
        int[] second = decode(bank, mix, List.of(longer), maxTokens - before).get(0);
        int[] whole = Arrays.copyOf(first, before + second.length);
        System.arraycopy(second, 0, whole, before, second.length);
        return whole;
    }

    private List<int[]> decode(AdapterBank bank, double[] mix, List<int[]> inputs, int maxTokens) {
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            ExampleFormat.Prompts prompts = format.prompts(scope, inputs, maxTokens);
            try (MixArguments arguments = new MixArguments(scope, Mix.of(bank, List.of(mix)));
                    IValue factor = IValue.from(bank.composition() == ComposedWeights.FACTOR);
                    IValue tensors = IValue.stringMapFrom(prompts.tensors());
                    IValue groups = IValue.listFrom(prompts.groups());
                    IValue limit = IValue.from((long) maxTokens);
                    IValue result = program.call(
                            "generate",
                            weights,
                            bank.factors().dictionary(),
                            arguments.mix,
                            arguments.rows,
                            arguments.coefficients,
                            factor,
                            tensors,
                            groups,
                            limit)) {
                return cut(result.toTensor(scope), prompts.order());
            }
        }
    }

    private List<int[]> cut(NDArray generated, int[] order) {
        long[] ids = generated.toLongArray();
        Set<Integer> ends = Set.copyOf(base.generation().ends());
        int steps = ids.length / order.length;
        if (steps == 0) {
            throw new EngineException("The model's outputs aren't finite numbers, so nothing can be written with it.");
        }
        int[][] out = new int[order.length][];
        for (int i = 0; i < order.length; i++) {
            int length = 0;
            while (length < steps && !ends.contains((int) ids[i * steps + length])) length++;
            int[] tokens = new int[length];
            for (int t = 0; t < length; t++) tokens[t] = (int) ids[i * steps + t];
            out[order[i]] = tokens;
        }
        return List.of(out);
    }
}
