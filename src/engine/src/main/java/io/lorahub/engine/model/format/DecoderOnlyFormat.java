package io.lorahub.engine.model.format;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.family.CausalConfig;
import io.lorahub.engine.model.family.RopeAngles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Inputs and labels as one sequence of tokens, without the last label, which is only predicted. Tokens with which all
 * inputs begin are packed once.
 *
 * @param groupCost cost of an additional group, in padded tokens
 */
record DecoderOnlyFormat(CausalConfig config, double groupCost) implements ExampleFormat {

    /** Number of saved tokens from which packing the common tokens once is worth the additional attention masks. */
    private static final int WORTH_SHARING = 16;

    @Override
    public Size size(List<int[]> inputs, List<int[]> labels, boolean separate) {
        Packing packing = packing(inputs, labels, separate);
        long common = packing.common;
        long pairs = Arrays.stream(packing.packed.ofEach(1))
                .map(length -> length * (common + length))
                .sum();
        int scored = labels.stream().mapToInt(label -> label.length).sum();
        return new Size(packing.tokens(), scored, common * common + pairs);
    }

    private Packing packing(List<int[]> inputs, List<int[]> labels, boolean separate) {
        List<int[]> sequences = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (labels.get(i).length == 0) {
                throw new EngineException("The output of example %d has no tokens.".formatted(i + 1));
            }
            int[] sequence = Arrays.copyOf(inputs.get(i), inputs.get(i).length + labels.get(i).length - 1);
            System.arraycopy(labels.get(i), 0, sequence, inputs.get(i).length, labels.get(i).length - 1);
            sequences.add(sequence);
        }
        return new Packing(
                inputs, sequences, labels.stream().mapToInt(l -> l.length).toArray(), separate);
    }

    @Override
    public Examples examples(PtNDManager manager, List<int[]> inputs, List<int[]> labels, boolean separate) {
        Packing packing = packing(inputs, labels, separate);
        List<Integer> scored = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        for (int row = 0; row < inputs.size(); row++) {
            int example = packing.packed.order()[row];
            int first = packing.place(row, inputs.get(example).length - 1);
            for (int t = 0; t < labels.get(example).length; t++) {
                scored.add(first + t);
                owners.add(example);
                targets.add(labels.get(example)[t]);
            }
        }
        Map<String, PtNDArray> tensors = packing.tensors(manager);
        tensors.put("scored", longs(manager, scored));
        tensors.put("labels", longs(manager, targets));
        return new Examples(
                manager,
                new Examples.Packing(
                        inputs.size(),
                        packing.tokens(),
                        packing.common,
                        owners.stream().mapToInt(i -> i).toArray(),
                        packing.runs(),
                        packing.groups()),
                tensors);
    }

    private static void put(
            Map<String, PtNDArray> tensors,
            PtNDManager manager,
            String prefix,
            int rope,
            RopeAngles angles,
            Shape shape) {
        tensors.put(prefix + "cos." + rope, (PtNDArray) manager.create(angles.cos(), shape));
        tensors.put(prefix + "sin." + rope, (PtNDArray) manager.create(angles.sin(), shape));
    }

    private static PtNDArray longs(PtNDManager manager, List<Integer> values) {
        return (PtNDArray)
                manager.create(values.stream().mapToLong(Integer::longValue).toArray(), new Shape(values.size()));
    }

    /** Sequences of tokens, packed. */
    private final class Packing {

        private final List<int[]> sequences;
        private final int[] following;
        private final int common;
        private final PackedExamples packed;
        private final int[] firstOfRow;

        /**
         * @param following number of each example's labels, which count towards its length
         * @param separate  whether no token is packed once for all
         */
        Packing(List<int[]> inputs, List<int[]> sequences, int[] following, boolean separate) {
            this.sequences = sequences;
            this.following = following;
            for (int i = 0; i < inputs.size(); i++) require(inputs.get(i), sequences.get(i).length, i);
            common = separate ? 0 : common(inputs);
            List<int[]> own = sequences.stream()
                    .map(s -> Arrays.copyOfRange(s, common, s.length))
                    .toList();
            packed = PackedExamples.of(own, own.stream().map(s -> new int[0]).toList(), config.pad(), groupCost);
            firstOfRow = new int[own.size()];
            int at = common;
            int row = 0;
            for (int g = 0; g < packed.groups().length; g += 3) {
                for (int i = 0; i < packed.groups()[g]; i++) {
                    firstOfRow[row++] = at;
                    at += (int) packed.groups()[g + 1];
                }
            }
        }

        private void require(int[] input, int length, int index) {
            if (input.length == 0) {
                throw new EngineException(
                        "Input %d has no tokens; the model needs some to continue.".formatted(index + 1));
            }
            if (length > config.contextLength()) {
                throw new EngineException("Example %d has %,d tokens, but the model has positions for %,d. Shorten it."
                        .formatted(index + 1, length, config.contextLength()));
            }
        }

        /** Number of tokens to pack once. At least the last token of each input stays its own. */
        private int common(List<int[]> inputs) {
            int shared = inputs.get(0).length - 1;
            for (int[] input : inputs) {
                int mismatch = Arrays.mismatch(inputs.get(0), input);
                shared = Math.min(shared, Math.min(input.length - 1, mismatch < 0 ? input.length : mismatch));
            }
            boolean sameRope = config.ropes().stream()
                    .noneMatch(rope -> rope.dependsOnLength()
                            && IntStream.range(0, inputs.size()).anyMatch(i -> length(i) > rope.context()));
            return sameRope && (inputs.size() - 1) * shared >= WORTH_SHARING ? shared : 0;
        }

        /** Number of tokens of an example, with all its labels. */
        private int length(int example) {
            return sequences.get(example).length + (following[example] > 0 ? 1 : 0);
        }

        /** Where each example's tokens are, after those that are packed once for all. */
        Examples.Runs runs() {
            long[] labels =
                    Arrays.stream(packed.order()).mapToLong(e -> following[e]).toArray();
            return Examples.Runs.ofLengths(packed.order(), packed.ofEach(1), labels);
        }

        int tokens() {
            return common + packed.inputs().length;
        }

        /** The place among the packed tokens of a row's token at a position that is not packed once. */
        int place(int row, int position) {
            return firstOfRow[row] + position - common;
        }

        /** Number of common tokens, then batch and length of each group. */
        long[] groups() {
            long[] all = packed.groups();
            long[] groups = new long[1 + all.length / 3 * 2];
            groups[0] = common;
            for (int g = 0; g < all.length / 3; g++) {
                groups[1 + 2 * g] = all[3 * g];
                groups[2 + 2 * g] = all[3 * g + 1];
            }
            return groups;
        }

        Map<String, PtNDArray> tensors(PtNDManager manager) {
            long[] tokens = new long[tokens()];
            long[] positions = new long[tokens()];
            for (int i = 0; i < common; i++) {
                tokens[i] = sequences.get(0)[i];
                positions[i] = i;
            }
            System.arraycopy(packed.inputs(), 0, tokens, common, packed.inputs().length);
            int[] lengthOf = new int[tokens()];
            Arrays.fill(lengthOf, 1);
            int row = 0;
            for (int g = 0; g < packed.groups().length; g += 3) {
                for (int i = 0; i < packed.groups()[g]; i++, row++) {
                    for (int t = 0; t < packed.groups()[g + 1]; t++) {
                        positions[firstOfRow[row] + t] = common + t;
                        lengthOf[firstOfRow[row] + t] = length(packed.order()[row]);
                    }
                }
            }
            Map<String, PtNDArray> tensors = new HashMap<>();
            tensors.put("tokens", (PtNDArray) manager.create(tokens, new Shape(tokens.length)));
            tensors.put("positions", (PtNDArray) manager.create(positions, new Shape(tokens.length)));
            for (int r = 0; r < config.ropes().size(); r++) {
                RopeAngles angles = new RopeAngles(config.ropes().get(r), tokens.length);
                for (int i = 0; i < tokens.length; i++) angles.add((int) positions[i], lengthOf[i]);
                put(tensors, manager, "", r, angles, new Shape(tokens.length, angles.half()));
            }
            masks(manager, tensors);
            return tensors;
        }

        private void masks(PtNDManager manager, Map<String, PtNDArray> tensors) {
            boolean anyFull = config.sliding().contains(false);
            if (config.window() > 0 && common > config.window()) {
                tensors.put("mask.common.1", mask(manager, common, 0, config.window()));
            }
            for (int g = 0; g < packed.groups().length / 3; g++) {
                int length = (int) packed.groups()[3 * g + 1];
                if (anyFull && common > 0) {
                    tensors.put("mask." + g + ".0", mask(manager, length, common, Integer.MAX_VALUE));
                }
                if (config.window() > 0 && (common > 0 || length > config.window())) {
                    tensors.put("mask." + g + ".1", mask(manager, length, common, config.window()));
                }
            }
        }

        /** Returns 0 for each pair of a token and one that it sees, otherwise a large negative number. */
        private PtNDArray mask(PtNDManager manager, int length, int before, int window) {
            int keys = before + length;
            float[] mask = new float[Math.multiplyExact(length, keys)];
            for (int t = 0; t < length; t++) {
                for (int key = 0; key < keys; key++) {
                    boolean seen = key <= before + t && before + t - key < window;
                    mask[t * keys + key] = seen ? 0 : -Float.MAX_VALUE;
                }
            }
            return (PtNDArray) manager.create(mask, new Shape(length, keys));
        }
    }
}
