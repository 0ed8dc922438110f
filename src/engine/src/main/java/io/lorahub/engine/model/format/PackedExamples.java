package io.lorahub.engine.model.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Tokenised examples packed in groups of similar length to reduce padding: linear layers process all tokens as one
 * matrix, and only attention processes one group at a time.
 *
 * @param order   the example at each packed position
 * @param groups  batch, input length and label length of each group
 * @param inputs  packed token ids, padded within the group
 * @param labels  packed label ids, -100 for padding
 * @param example the example of each packed label, -1 for padding
 */
public record PackedExamples(int[] order, long[] groups, long[] inputs, long[] labels, int[] example, long pad) {

    static final long IGNORED = -100;

    /**
     * Groups the examples to minimise the total cost of padding and groups.
     *
     * @param groupCost cost of an additional group, in padded tokens
     */
    public static PackedExamples of(List<int[]> inputs, List<int[]> labels, long pad, double groupCost) {
        int n = inputs.size();
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> inputs.get(i).length)
                        .thenComparingInt(i -> labels.get(i).length)
                        .thenComparingInt(i -> i))
                .mapToInt(i -> i)
                .toArray();
        // least[k]: lowest cost of grouping the first k examples; the last of its groups begins at from[k]
        double[] least = new double[n + 1];
        int[] from = new int[n + 1];
        for (int k = 1; k <= n; k++) {
            least[k] = Double.MAX_VALUE;
            int width = 0;
            int labelWidth = 0;
            for (int j = k - 1; j >= 0; j--) {
                width = Math.max(width, inputs.get(order[j]).length);
                labelWidth = Math.max(labelWidth, labels.get(order[j]).length);
                double cost = least[j] + groupCost + (double) (k - j) * (width + labelWidth);
                if (cost < least[k]) {
                    least[k] = cost;
                    from[k] = j;
                }
            }
        }
        List<int[]> ranges = new ArrayList<>();
        for (int k = n; k > 0; k = from[k]) {
            ranges.add(0, new int[] {from[k], k});
        }
        return pack(inputs, labels, order, ranges, pad);
    }

    private static PackedExamples pack(
            List<int[]> inputs, List<int[]> labels, int[] order, List<int[]> ranges, long pad) {
        long[] groups = new long[ranges.size() * 3];
        for (int g = 0; g < ranges.size(); g++) {
            int[] range = ranges.get(g);
            groups[g * 3] = range[1] - range[0];
            for (int i = range[0]; i < range[1]; i++) {
                groups[g * 3 + 1] = Math.max(groups[g * 3 + 1], inputs.get(order[i]).length);
                groups[g * 3 + 2] = Math.max(groups[g * 3 + 2], labels.get(order[i]).length);
            }
        }
        long[] packedInputs = new long[tokens(groups, 1)];
        long[] packedLabels = new long[tokens(groups, 2)];
        int[] example = new int[packedLabels.length];
        int in = 0;
        int out = 0;
        for (int g = 0; g < ranges.size(); g++) {
            for (int i = ranges.get(g)[0]; i < ranges.get(g)[1]; i++) {
                int[] input = inputs.get(order[i]);
                int[] label = labels.get(order[i]);
                for (int t = 0; t < groups[g * 3 + 1]; t++) {
                    packedInputs[in++] = t < input.length ? input[t] : pad;
                }
                for (int t = 0; t < groups[g * 3 + 2]; t++) {
                    example[out] = t < label.length ? order[i] : -1;
                    packedLabels[out++] = t < label.length ? label[t] : IGNORED;
                }
            }
        }
        return new PackedExamples(order, groups, packedInputs, packedLabels, example, pad);
    }

    private static int tokens(long[] groups, int which) {
        long sum = 0;
        for (int g = 0; g < groups.length; g += 3) sum += groups[g] * groups[g + which];
        return Math.toIntExact(sum);
    }

    /**
     * Returns a number of each group for each of its examples, in the packed order.
     *
     * @param which place of the number in a group's description
     */
    long[] ofEach(int which) {
        return IntStream.range(0, groups.length / 3)
                .boxed()
                .flatMapToLong(
                        g -> LongStream.generate(() -> groups[g * 3 + which]).limit(groups[g * 3]))
                .toArray();
    }

    /** Marks the packed inputs that are padding. */
    public boolean[] padding(List<int[]> inputs) {
        boolean[] out = new boolean[this.inputs.length];
        int at = 0;
        int place = 0;
        for (int g = 0; g < groups.length; g += 3) {
            for (int i = 0; i < groups[g]; i++) {
                int length = inputs.get(order[place++]).length;
                for (int t = 0; t < groups[g + 1]; t++) out[at++] = t >= length;
            }
        }
        return out;
    }

    /**
     * Shifts the labels one position to the right behind the start token, for the decoder's input; padding replaces
     * -100.
     */
    public long[] shifted(long start) {
        long[] out = new long[labels.length];
        int at = 0;
        for (int g = 0; g < groups.length; g += 3) {
            for (int i = 0; i < groups[g]; i++) {
                for (int t = 0; t < groups[g + 2]; t++, at++) {
                    long previous = t == 0 ? start : labels[at - 1];
                    out[at] = previous == IGNORED ? pad : previous;
                }
            }
        }
        return out;
    }
}
