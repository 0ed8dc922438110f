package io.lorahub.engine.model;

import io.lorahub.engine.model.format.Examples;
import java.util.ArrayList;
import java.util.List;

/** How many weight vectors are computed as one batch. */
final class BatchSize {

    /** Maximum number of tokens of a population computed in one batch; larger batches would not be faster on a CPU. */
    private static final int TOKENS = 2048;

    private static final int TOKENS_ON_GPU = 16_384;

    private BatchSize() {}

    /** Returns the number of weight vectors whose losses are computed as one batch. */
    static int ofLosses(boolean gpu, AdapterBank bank, Examples examples) {
        return ofLosses(
                gpu,
                bank.formIsCheaper(examples.inputTokens(), examples.labelTokens()),
                examples.inputTokens() + examples.labelTokens());
    }

    /**
     * A population shares the base weights, so ΔW cannot be added to them. On a CPU, single vectors are faster if
     * adding ΔW is cheaper. A GPU has spare computing capacity and waits for each call, so a population is faster.
     */
    static int ofLosses(boolean gpu, boolean formIsCheaper, int tokens) {
        if (gpu) return Math.max(1, TOKENS_ON_GPU / tokens);
        return formIsCheaper ? 1 : Math.max(1, TOKENS / tokens);
    }

    /** Splits vectors into batches. A batch also ends where the next vector is for other weights of the model. */
    static List<List<double[]>> split(AdapterBank bank, List<double[]> vectors, int atOnce) {
        List<List<double[]>> batches = new ArrayList<>();
        for (int from = 0; from < vectors.size(); ) {
            int to = from + 1;
            while (to < Math.min(vectors.size(), from + atOnce)
                    && bank.replaces(vectors.get(to)) == bank.replaces(vectors.get(from))) to++;
            batches.add(vectors.subList(from, to));
            from = to;
        }
        return batches;
    }
}
