package io.lorahub.engine.lora.merge;

import io.lorahub.engine.lora.merge.MergeMethod.Pruning;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Which elements of a tensor a method keeps. The others become 0. */
final class Sparsity {

    private final MergeOperator operator;

    Sparsity(MergeOperator operator) {
        this.operator = operator;
    }

    /**
     * Prunes the tensor in place and returns it. A density of 1 keeps everything.
     *
     * @param tensor name of the tensor, which selects the random mask together with the seed
     */
    float[] prune(float[] values, String tensor) {
        double density = operator.kept();
        if (density == 1 || operator.method().pruning() == Pruning.NONE) return values;
        if (operator.method().pruning() == Pruning.RANDOM) {
            return drop(values, density, random(operator.usedSeed().orElseThrow(), tensor));
        }
        return keepLargest(values, (int) (density * values.length));
    }

    /**
     * Keeps the k largest magnitudes; among equal ones, those that come first, while torch.topk keeps any of them on a
     * CPU.
     */
    static float[] keepLargest(float[] values, int k) {
        float[] magnitudes = new float[values.length];
        for (int i = 0; i < values.length; i++) magnitudes[i] = Math.abs(values[i]);
        Arrays.parallelSort(magnitudes);
        float least = k == 0 ? Float.POSITIVE_INFINITY : magnitudes[values.length - k];
        int equal = 0; // number of kept elements that are equal to the smallest kept one
        for (int i = values.length - k; i < values.length && magnitudes[i] == least; i++) equal++;
        for (int i = 0; i < values.length; i++) {
            float magnitude = Math.abs(values[i]);
            if (magnitude == least && equal > 0) equal--;
            else if (magnitude <= least) values[i] = 0;
        }
        return values;
    }

    /** Keeps each element with the probability density, and divides it by the density to keep its expectation. */
    private static float[] drop(float[] values, double density, SplittableRandom random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() < density ? (float) (values[i] / density) : 0;
        }
        return values;
    }

    private static SplittableRandom random(long seed, String tensor) {
        long hash = new SplittableRandom(seed).nextLong();
        for (int i = 0; i < tensor.length(); i++) hash = new SplittableRandom(hash + tensor.charAt(i)).nextLong();
        return new SplittableRandom(hash);
    }
}
