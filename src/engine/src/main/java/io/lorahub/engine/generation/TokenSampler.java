package io.lorahub.engine.generation;

import io.lorahub.engine.model.decoding.DecodedText;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Chooses the tokens of one text from the model's outputs. Each token takes one random number, so what is chosen depends
 * on the seed and the outputs only.
 */
final class TokenSampler {

    private final Sampling sampling;
    private final SplittableRandom random;
    private final Map<Integer, Integer> counts = new HashMap<>();

    TokenSampler(Sampling sampling) {
        this.sampling = sampling;
        random = new SplittableRandom(sampling.seed());
    }

    /** What the decoder has to report, see {@link DecodedText#outputs}. */
    OptionalDouble outputs() {
        if (sampling.changesLogits()) return OptionalDouble.of(0);
        return sampling.temperature() == 0 ? OptionalDouble.empty() : OptionalDouble.of(sampling.temperature());
    }

    /** Returns the next token. */
    int choose(DecodedText text) {
        if (outputs().isEmpty()) return text.mostProbable();
        float[] outputs = text.outputs().clone();
        if (sampling.changesLogits()) {
            int best = change(outputs);
            if (sampling.temperature() == 0) return noted(best);
            double highest = outputs[best];
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] = (float) Math.exp((outputs[i] - highest) / sampling.temperature());
            }
        }
        return noted(drawn(outputs));
    }

    private int noted(int token) {
        counts.merge(token, 1, Integer::sum);
        return token;
    }

    /** Applies bias and penalties; returns the most probable token. */
    private int change(float[] logits) {
        sampling.bias().forEach((token, bias) -> {
            if (token >= 0 && token < logits.length) logits[token] += bias.floatValue();
        });
        counts.forEach((token, count) ->
                logits[token] -= (float) (sampling.presencePenalty() + count * sampling.frequencyPenalty()));
        int best = 0;
        for (int i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
        return best;
    }

    /** @param shares in proportion to the probabilities; changed */
    private int drawn(float[] shares) {
        double sum = 0;
        for (float share : shares) sum += share;
        if (sampling.topK() > 0 && sampling.topK() < shares.length) {
            sum = truncate(shares, sampling.topK(), Double.POSITIVE_INFINITY, 0);
        }
        if (sampling.topP() < 1) {
            // all tokens of at most this share have no more than 1 - topP together
            double floor = sum * (1 - sampling.topP()) / shares.length;
            sum = truncate(shares, shares.length, sampling.topP() * sum, floor);
        }
        double left = random.nextDouble() * sum;
        int last = 0;
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] == 0) continue;
            last = i;
            left -= shares[i];
            if (left < 0) return i;
        }
        return last; // rounding
    }

    /**
     * Keeps the largest shares, of equal ones those of the first tokens, and sets the others to 0.
     *
     * @param most   number of shares to keep at most
     * @param enough the sum from which on no more are kept
     * @param floor  shares up to this are not kept
     * @return the sum of what is kept
     */
    private static double truncate(float[] shares, int most, double enough, double floor) {
        float lowest = most < shares.length ? lowest(shares, most) : 0;
        // shares in descending order, then tokens in ascending order
        long[] order = IntStream.range(0, shares.length)
                .filter(i -> shares[i] > floor && shares[i] >= lowest)
                .mapToLong(i -> ~((long) Float.floatToIntBits(shares[i]) << 32) & ~0xFFFF_FFFFL | i)
                .sorted()
                .limit(most)
                .toArray();
        double sum = 0;
        int kept = 0;
        while (kept < order.length && (kept == 0 || sum < enough)) sum += shares[(int) order[kept++]];
        float[] all = shares.clone();
        Arrays.fill(shares, 0);
        for (int i = 0; i < kept; i++) shares[(int) order[i]] = all[(int) order[i]];
        return sum;
    }

    /** A share that is not above any of the {@code most} largest, told from the leading bits. */
    private static float lowest(float[] shares, int most) {
        int[] counts = new int[1 << 15];
        for (float share : shares) counts[Float.floatToIntBits(share) >>> 16]++;
        int bits = counts.length;
        int seen = 0;
        while (seen < most) seen += counts[--bits];
        return Float.intBitsToFloat(bits << 16);
    }
}
