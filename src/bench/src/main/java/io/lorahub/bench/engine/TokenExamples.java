package io.lorahub.bench.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.lang3.ArrayUtils;

/** Examples of random tokens. */
public record TokenExamples(List<int[]> inputs, List<int[]> labels) {

    static final int COUNT = 5;
    static final int OUTPUT_TOKENS = 32;

    private static final int FIRST_TEXT_TOKEN = 3;

    /** All inputs of one length. */
    public static TokenExamples ofLength(int vocabulary, int inputTokens) {
        int[] lengths = new int[COUNT];
        Arrays.fill(lengths, inputTokens);
        return random(vocabulary, lengths);
    }

    /** Inputs of 16 to 256 tokens, evenly spread. */
    public static TokenExamples unequal(int vocabulary) {
        return random(
                vocabulary,
                IntStream.range(0, COUNT)
                        .map(i -> 16 + i * (256 - 16) / (COUNT - 1))
                        .toArray());
    }

    /** As with a system text: all inputs begin with the same tokens, and go on with their own. */
    public static TokenExamples sharingBeginning(int vocabulary, int sharedTokens, int ownTokens) {
        int[] shared = ids(new SplittableRandom(43), vocabulary, sharedTokens);
        TokenExamples own = ofLength(vocabulary, ownTokens);
        return new TokenExamples(
                own.inputs.stream().map(ids -> ArrayUtils.addAll(shared, ids)).toList(), own.labels);
    }

    private static TokenExamples random(int vocabulary, int[] lengths) {
        SplittableRandom random = new SplittableRandom(42);
        List<int[]> inputs = new ArrayList<>();
        List<int[]> labels = new ArrayList<>();
        for (int length : lengths) {
            inputs.add(ids(random, vocabulary, length));
            labels.add(ids(random, vocabulary, OUTPUT_TOKENS));
        }
        return new TokenExamples(inputs, labels);
    }

    private static int[] ids(SplittableRandom random, int vocabulary, int length) {
        return random.ints(length, FIRST_TEXT_TOKEN, vocabulary).toArray();
    }

    /** All inputs padded to the longest, as other programs compute them. */
    TokenExamples padded() {
        int longest = inputs.stream().mapToInt(i -> i.length).max().orElseThrow();
        return new TokenExamples(
                inputs.stream().map(i -> Arrays.copyOf(i, longest)).toList(), labels);
    }
}
