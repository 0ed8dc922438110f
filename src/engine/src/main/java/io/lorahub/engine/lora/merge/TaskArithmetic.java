package io.lorahub.engine.lora.merge;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Merges tensors of the same shape into one: Σ wᵢ·tᵢ, or where signs are elected the mean of the wᵢ·tᵢ whose tᵢ have
 * the elected sign (TIES). Sums are float32 in the order of the tensors, as in PEFT.
 */
final class TaskArithmetic {

    /**
     * A tensor and its weight.
     *
     * @param values makes the pruned tensor anew at each call, always the same
     */
    record Task(Supplier<float[]> values, float weight) {}

    private TaskArithmetic() {}

    /** Only one of the tensors is in memory at a time, beside a few arrays of its size. */
    static float[] merge(List<Task> tasks, int size, Optional<MajoritySign> election) {
        if (election.isEmpty()) {
            float[] sum = new float[size];
            for (Task task : tasks) {
                float[] values = task.values.get();
                for (int i = 0; i < size; i++) sum[i] += task.weight * values[i];
            }
            return sum;
        }
        return disjoint(tasks, elected(tasks, size, election.get()));
    }

    /** The sign of each element: negative if the vote is below 0, otherwise positive. Zeros don't vote. */
    private static float[] elected(List<Task> tasks, int size, MajoritySign election) {
        float[] votes = new float[size];
        for (Task task : tasks) {
            float[] values = task.values.get();
            for (int i = 0; i < size; i++) {
                votes[i] += election == MajoritySign.TOTAL ? values[i] : Math.signum(values[i]);
            }
        }
        for (int i = 0; i < size; i++) votes[i] = votes[i] < 0 ? -1 : 1;
        return votes;
    }

    private static float[] disjoint(List<Task> tasks, float[] signs) {
        float[] sum = new float[signs.length];
        int[] counts = new int[signs.length];
        for (Task task : tasks) {
            float[] values = task.values.get();
            for (int i = 0; i < sum.length; i++) {
                if (values[i] * signs[i] <= 0) continue;
                sum[i] += task.weight * values[i];
                counts[i]++;
            }
        }
        for (int i = 0; i < sum.length; i++) sum[i] /= Math.max(1, counts[i]);
        return sum;
    }
}
