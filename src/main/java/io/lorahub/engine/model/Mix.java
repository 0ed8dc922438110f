package io.lorahub.engine.model;

import java.util.List;

/**
 * Weight vectors in the format of the model's program.
 *
 * @param vectors      P
 * @param width        Q, the number of stacked rows used by each vector; 0 if all are used
 * @param rows         indices of the rows, [P, Q]
 * @param coefficients the weight of each row, [P, Q] or [P, R]
 * @param mix          the weights themselves, [P, N]
 */
record Mix(int vectors, int width, long[] rows, float[] coefficients, float[] mix) {

    /** Leaves out rows of candidates with weight 0 if that reduces the work. */
    static Mix of(AdapterBank bank, List<double[]> weights) {
        int n = bank.candidates();
        float[] mix = new float[weights.size() * n];
        int widest = 1;
        for (int p = 0; p < weights.size(); p++) {
            int used = 0;
            for (int i = 0; i < n; i++) {
                mix[p * n + i] = (float) weights.get(p)[i];
                used += mix[p * n + i] == 0 ? 0 : bank.firstRow(i + 1) - bank.firstRow(i);
            }
            widest = Math.max(widest, used);
        }
        boolean exact = bank.composition() == ComposedWeights.EXACT;
        return exact && widest < bank.rows() * 3 / 4 ? sparse(bank, weights, widest, mix) : all(bank, weights, mix);
    }

    /** Uses all rows in their order, as required for a gradient with respect to every weight. */
    static Mix all(AdapterBank bank, List<double[]> weights) {
        float[] mix = new float[weights.size() * bank.candidates()];
        for (int i = 0; i < mix.length; i++) {
            mix[i] = (float) weights.get(i / bank.candidates())[i % bank.candidates()];
        }
        return all(bank, weights, mix);
    }

    private static Mix all(AdapterBank bank, List<double[]> weights, float[] mix) {
        float[] coefficients = new float[weights.size() * bank.rows()];
        for (int p = 0; p < weights.size(); p++) {
            for (int i = 0; i < bank.candidates(); i++) {
                for (int row = bank.firstRow(i); row < bank.firstRow(i + 1); row++) {
                    coefficients[p * bank.rows() + row] = mix[p * bank.candidates() + i];
                }
            }
        }
        return new Mix(weights.size(), 0, new long[0], coefficients, mix);
    }

    private static Mix sparse(AdapterBank bank, List<double[]> weights, int width, float[] mix) {
        long[] rows = new long[weights.size() * width];
        float[] coefficients = new float[rows.length];
        for (int p = 0; p < weights.size(); p++) {
            int at = p * width;
            for (int i = 0; i < bank.candidates(); i++) {
                float weight = mix[p * bank.candidates() + i];
                for (int row = bank.firstRow(i); weight != 0 && row < bank.firstRow(i + 1); row++, at++) {
                    rows[at] = row;
                    coefficients[at] = weight;
                }
            }
        }
        return new Mix(weights.size(), width, rows, coefficients, mix);
    }

    int coefficientWidth() {
        return coefficients.length / vectors;
    }
}
