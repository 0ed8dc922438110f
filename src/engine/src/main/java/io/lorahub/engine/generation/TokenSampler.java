package io.lorahub.engine.generation;

import io.lorahub.engine.model.decoding.DecodedText;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

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
        Comparator<Integer> byShare =
                Comparator.<Integer>comparingDouble(i -> -shares[i]).thenComparingInt(i -> i);
        PriorityQueue<Integer> order = new PriorityQueue<>(byShare);
        if (most < shares.length) {
            // the smallest of those that are kept is removed first
            PriorityQueue<Integer> largest = new PriorityQueue<>(byShare.reversed());
            for (int i = 0; i < shares.length; i++) {
                if (shares[i] <= floor || largest.size() == most && shares[i] <= shares[largest.peek()]) continue;
                if (largest.size() == most) largest.poll();
                largest.add(i);
            }
            order.addAll(largest);
        } else {
            for (int i = 0; i < shares.length; i++) if (shares[i] > floor) order.add(i);
        }
        Map<Integer, Float> kept = new HashMap<>();
        double sum = 0;
        while (!order.isEmpty() && (kept.isEmpty() || sum < enough)) {
            int next = order.poll();
            kept.put(next, shares[next]);
            sum += shares[next];
        }
        Arrays.fill(shares, 0);
        kept.forEach((token, share) -> shares[token] = share);
        return sum;
    }
}
